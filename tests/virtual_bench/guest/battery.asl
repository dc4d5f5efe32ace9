/*
 * A battery and a charger that is not plugged in, for `scenarios/battery.py`. Compile: iasl -p battery battery.asl
 * ACPI 6.5, clause 10.2: _BIX (and _BIF for older kernels) and _BST, all in mW, mWh and mV.
 */
DefinitionBlock ("", "SSDT", 2, "ETABLI", "BENCHBAT", 1)
{
    Scope (\_SB)
    {
        Device (ACX0)
        {
            Name (_HID, "ACPI0003")
            Name (_UID, "bench")
            Method (_PSR, 0) { Return (0) }
            Method (_STA, 0) { Return (0x0F) }
        }

        Device (BATX)
        {
            Name (_HID, EisaId ("PNP0C0A"))
            Name (_UID, 9)
            Method (_STA, 0) { Return (0x1F) }
            Name (_BIX, Package (20)
            {
                0, 0, 48000, 36000, 1, 11100, 2400, 960, 523,
                95000, 2000, 500, 2000, 500, 1, 1, "DEMO-BAT-48", "DEMO-0048", "LiP", "DEMO Cells"
            })
            Name (_BIF, Package (13)
            {
                0, 48000, 36000, 1, 11100, 2400, 960, 1, 1, "DEMO-BAT-48", "DEMO-0048", "LiP", "DEMO Cells"
            })
            Method (_BST, 0) { Return (Package (4) { 1, 12000, 27000, 11400 }) }
        }
    }
}
