package io.recthink.config;

import io.recthink.InvalidInputException;

/** Says that a configuration cannot be used. The message names each problem: the key, its value and what to do. */
public final class ConfigurationException extends InvalidInputException {
    public ConfigurationException(String message) {
        super(message);
    }

    public ConfigurationException(String message, Throwable cause) {
        super(message, cause);
    }
}
