package io.recthink.config;

import io.recthink.InvalidInputException;

/** The configuration cannot be used. The message names every problem: the key, its value and the remedy. */
public final class ConfigurationException extends InvalidInputException {
    public ConfigurationException(String message) {
        super(message);
    }

    public ConfigurationException(String message, Throwable cause) {
        super(message, cause);
    }
}
