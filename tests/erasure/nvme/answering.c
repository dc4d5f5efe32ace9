/* Answers the NVMe admin ioctls of a program from files: never reaches a device. */
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct admin { uint8_t opcode, flags; uint16_t rsvd; uint32_t nsid, cdw2, cdw3; uint64_t metadata, addr;
    uint32_t metadata_len, data_len, cdw10, cdw11, cdw12, cdw13, cdw14, cdw15, timeout_ms; };

int ioctl(int fd, unsigned long request, ...) {
    va_list list; char path[512]; FILE *file;
    va_start(list, request); struct admin *c = va_arg(list, struct admin *); va_end(list);
    (void)fd;
    if (request == 0x4E40) return 1;
    if (request != 0xC0484E41 && request != 0xC0504E47) { errno = ENOTTY; return -1; }
    snprintf(path, sizeof path, "%s/sent", getenv("ANSWERS"));
    if ((file = fopen(path, "a"))) {
        fprintf(file, "%02x %08x %08x %08x\n", c->opcode, c->nsid, c->cdw10, c->cdw11); fclose(file);
    }
    snprintf(path, sizeof path, "%s/%02x-%02x", getenv("ANSWERS"), c->opcode, c->cdw10 & 0xff);
    if (c->data_len && (file = fopen(path, "rb"))) {
        size_t got = fread((void *)(uintptr_t)c->addr, 1, c->data_len, file); fclose(file); (void)got;
    }
    return 0;
}
