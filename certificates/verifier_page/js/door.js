// The one name that this script gives to others: what the tests drive. Last of all parts.

globalThis.etabli = Object.freeze({ NO_TRUST, NotJudged, Refused, flawOfKey, fromBase64, judge, readTrust, signatureHolds });
