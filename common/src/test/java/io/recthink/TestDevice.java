package io.recthink;

import ai.djl.Device;

/** The device that the engine's tests compute on: the processor, or with {@code -Drecthink.device=gpu} the first GPU. */
public final class TestDevice {
    private TestDevice() {}

    public static Device get() {
        String name = System.getProperty("recthink.device", "cpu");
        return switch (name) {
            case "cpu" -> Device.cpu();
            case "gpu" -> Device.gpu();
            default -> throw new IllegalArgumentException("recthink.device must be cpu or gpu (was " + name + ")");
        };
    }
}
