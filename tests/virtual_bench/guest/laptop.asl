/*
 * The battery, the charger and the lid of a laptop: ACPI 6.5, clauses 10.2 (_BIX, _BST), 10.3 (_PSR) and 9.4 (_LID).
 * In mW, mWh and mV: 48 Wh by design, 36 Wh when full, 523 cycles.
 *
 * What changes while it runs is read from the four bytes of the I/O port of QEMU's pc-testdev, which keeps whatever is
 * written there (`laptop.py` lays them out): what is left, the voltage, the charger, the lid.
 */
DefinitionBlock ("", "SSDT", 2, "ETABLI", "LAPTOP", 1)
{
    Scope (\_SB)
    {
        OperationRegion (KNOB, SystemIO, 0xE0, 4)
        Field (KNOB, DWordAcc, NoLock, Preserve)
        {
            LEFT, 16,
            VOLT, 14,
            PLUG, 1,
            SHUT, 1
        }

        Device (ADP0)
        {
            Name (_HID, "ACPI0003")
            Name (_UID, "BENCH")
            Method (_PSR, 0) { Return (PLUG) }
            Method (_STA, 0) { Return (0x0F) }
        }

        Device (LID0)
        {
            Name (_HID, EisaId ("PNP0C0D"))
            Method (_LID, 0) { Return (SHUT ^ 1) }
        }

        Device (BAT0)
        {
            Name (_HID, EisaId ("PNP0C0A"))
            Name (_UID, 1)
            Method (_STA, 0) { Return (0x1F) }
            Name (_BIX, Package (20)
            {
                0, 0, 48000, 36000, 1, 11100, 2400, 960, 523,
                95000, 2000, 500, 2000, 500, 1, 1, "BENCH-48", "BAT-0048", "LiP", "BENCH CELLS"
            })
            Method (_BST, 0)
            {
                Local0 = Package (4) { 1, 12000, 0, 0 }
                If (PLUG) { Local0 [0] = 2 }
                Local0 [2] = ToInteger (LEFT)
                Local0 [3] = ToInteger (VOLT)
                Return (Local0)
            }
        }
    }
}
