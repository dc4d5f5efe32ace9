"""Status words of NVMe commands as the Linux ioctl returns them: SC 7:0, SCT 10:8, DNR 4000h, no phase bit.

Numbers only (NVMe Base Specification, status code values; drives, 3.2 and 3.8).
"""

SUCCESS = 0x0000
INVALID_OPCODE = 0x4001
INVALID_FIELD = 0x4002
INTERNAL_ERROR = 0x4006
INVALID_NAMESPACE = 0x400B
SANITIZE_FAILED = 0x401C
SANITIZE_IN_PROGRESS = 0x001D  # may be sent again later: DNR is clear
PROHIBITED = 0x4028  # by Command and Feature Lockdown
INVALID_LOG_PAGE = 0x4109
INVALID_FORMAT = 0x410A
ACCESS_DENIED = 0x4286
