"""Reports as smartctl prints them for people, written by hand after its manual: invented drives, both table layouts."""

HEADER = """smartctl 7.4 2023-08-01 r5530 [x86_64-linux-demo] (local build)
Copyright (C) 2002-23, Bruce Allen, Christian Franke, www.smartmontools.org

"""
ATA_INFORMATION = """=== START OF INFORMATION SECTION ===
Model Family:     Demo
Device Model:     DEMO  HDD
Serial Number:    DEMO-0001
LU WWN Device Id: 5 000000 000000001
Firmware Version: 1.0
User Capacity:    500,107,862,016 bytes [500 GB]
Sector Sizes:     512 bytes logical, 4096 bytes physical
Rotation Rate:    7200 rpm
ATA Version is:   ACS-3 T13/2161-D revision 5
Local Time is:    Sun Jan  5 08:13:19 2025 UTC
SMART support is: Available - device has SMART capability.
SMART support is: Enabled
ATA Security is:  Disabled, frozen [SEC2]

"""
STATUS = """=== START OF READ SMART DATA SECTION ===
SMART overall-health self-assessment test result: PASSED

"""
TABLE_A = """SMART Attributes Data Structure revision number: 16
Vendor Specific SMART Attributes with Thresholds:
ID# ATTRIBUTE_NAME          FLAG     VALUE WORST THRESH TYPE      UPDATED  WHEN_FAILED RAW_VALUE
  5 Reallocated_Sector_Ct   0x0033   100   100   010    Pre-fail  Always       -       0 (2000 0)
  9 Power_On_Hours          0x0032   099   099   000    Old_age   Always       -       1234
187 Reported_Uncorrect      0x0032   100   100   000    Old_age   Always       -       0
188 Command_Timeout         0x0032   100   100   000    Old_age   Always       -       2 2 2
190 Airflow_Temperature_Cel 0x0022   064   040   045    Old_age   Always   In_the_past 36 (Min/Max 30/60)
194 Temperature_Celsius     0x0022   036   040   000    Old_age   Always       -       36 (0 14 0 0 0)
197 Current_Pending_Sector  0x0012   100   100   000    Old_age   Always       -       0
198 Offline_Uncorrectable   0x0010   100   100   000    Old_age   Offline      -       0

"""
TABLE_X = """Vendor Specific SMART Attributes with Thresholds:
ID# ATTRIBUTE_NAME          FLAGS    VALUE WORST THRESH FAIL RAW_VALUE
  5 Reallocated_Sector_Ct   PO--CK   100   100   010    -    0
  9 Power_On_Hours          -O--CK   099   099   000    -    1234h+05m+10.200s
187 Reported_Uncorrect      -O--CK   100   100   000    -    0
188 Command_Timeout         -O--CK   100   100   ---    -    17180131332
197 Current_Pending_Sector  -O--C-   100   100   000    -    0
198 Offline_Uncorrectable   ----C-   100   100   000    -    0
                            ||||||_ K auto-keep
                            |||||__ C event count
                            ||||___ R error rate
                            |||____ S speed/performance
                            ||_____ O updated online
                            |______ P prefailure warning

"""
ATA_LOGS = """Device Error Count: 3
Current Temperature:                    31 Celsius
Min/Max Temperature Limit:              -5/60 Celsius

SMART Extended Self-test Log Version: 1 (1 sectors)
Num  Test_Description    Status                  Remaining  LifeTime(hours)  LBA_of_first_error
# 1  Short offline       Completed without error       00%      1200         -
"""
ATA_A = HEADER + ATA_INFORMATION + STATUS + TABLE_A
ATA_X = HEADER + ATA_INFORMATION + STATUS + TABLE_X + ATA_LOGS
NVME = (
    HEADER
    + """=== START OF INFORMATION SECTION ===
Model Number:                       DEMO NVMe
Serial Number:                      DEMO-0002
Firmware Version:                   2.0
PCI Vendor/Subsystem ID:            0x0000
IEEE OUI Identifier:                0x000000
Total NVM Capacity:                 512,110,190,592 [512 GB]
Unallocated NVM Capacity:           0
Controller ID:                      1
NVMe Version:                       1.4
Number of Namespaces:               2
Namespace 1 Size/Capacity:          256,055,095,296 [256 GB]
Namespace 1 Formatted LBA Size:     512
Namespace 1 IEEE EUI-64:            000000 0000000002
Namespace 2 Size/Capacity:          256,055,095,296 [256 GB]

=== START OF SMART DATA SECTION ===
SMART overall-health self-assessment test result: PASSED

SMART/Health Information (NVMe Log 0x02)
Critical Warning:                   0x00
Temperature:                        31 Celsius
Available Spare:                    100%
Available Spare Threshold:          10%
Percentage Used:                    3%
Data Units Written:                 139,077,088 [71.2 TB]
Power Cycles:                       4,592
Power On Hours:                     8,683
Unsafe Shutdowns:                   146
Media and Data Integrity Errors:    0
Error Information Log Entries:      19,847

Error Information (NVMe Log 0x01, 16 of 64 entries)
No Errors Logged

"""
)
SCSI = (
    HEADER
    + """=== START OF INFORMATION SECTION ===
Vendor:               DEMO
Product:              SAS300
Revision:             0001
User Capacity:        300,000,000,000 bytes [300 GB]
Logical block size:   512 bytes
Logical Unit id:      0x5000000000000003
Serial number:        DEMO-0003
Device type:          disk
Transport protocol:   SAS (SPL-3)
SMART support is:     Available - device has SMART capability.
SMART support is:     Enabled

=== START OF READ SMART DATA SECTION ===
SMART Health Status: OK

Current Drive Temperature:     32 C
Drive Trip Temperature:        65 C

Elements in grown defect list: 0

Error counter log:
           Errors Corrected by           Total   Correction     Gigabytes    Total
               ECC          rereads/    errors   algorithm      processed    uncorrected
           fast | delayed   rewrites  corrected  invocations   [10^9 bytes]  errors
read:          0       34         0        34     238396      38280.029           0
write:         0        0         0         0      67506       3887.270           0

    Accumulated power on time, hours:minutes 146:02 [8762 minutes]

No Self-tests have been logged
"""
)
HEALTHY = {"ata-x": ATA_X, "nvme": NVME, "scsi": SCSI}
