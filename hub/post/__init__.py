"""The e-mail of the hub: what is put down to be sent, who asked for it, how it leaves. Off without a mail server."""
