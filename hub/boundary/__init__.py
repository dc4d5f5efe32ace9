"""The rim of the web application: headers, body limits, errors."""
