package io.recthink.spark.cli;

import ai.djl.Device;
import io.recthink.InvalidInputException;
import io.recthink.model.ComputeType;
import io.recthink.model.Decoder;
import io.recthink.model.ModelConfig;
import io.recthink.model.ModelFolder;
import io.recthink.model.ParameterReader;
import io.recthink.torch.Devices;
import io.recthink.torch.TorchRuntime;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** The options of the device, the threads and the type with which a command computes. */
final class EngineOptions {
    private static final Pattern GPU = Pattern.compile("gpu:(\\d{1,4})");

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            defaultValue = "float32",
            converter = ComputeTypeConverter.class,
            description = "float32 or bfloat16, see model.dtype (default: ${DEFAULT-VALUE})")
    private ComputeType type;

    @Option(names = "--threads", paramLabel = "N", description = "threads to compute with (default: all cores)")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "cpu",
            description = "cpu, or gpu:N for the GPU of that number (default: ${DEFAULT-VALUE})")
    private String device;

    int threads() {
        return threads;
    }

    /** Prepares the calling thread and loads a model. */
    Decoder load(ModelFolder folder) {
        return load(folder.config(), folder);
    }

    /** Prepares the calling thread and makes a model of the given weights. */
    Decoder load(ModelConfig config, ParameterReader weights) {
        if (threads < 1) {
            throw new InvalidInputException("--threads must be at least 1 (was " + threads + ")");
        }
        TorchRuntime.prepareThread(threads);
        return Decoder.of(config, weights, type, device());
    }

    private Device device() {
        if (device.equals("cpu")) {
            return Device.cpu();
        }
        Matcher gpu = GPU.matcher(device);
        if (!gpu.matches()) {
            throw new InvalidInputException("--device must be cpu or gpu:N (was '" + device + "')");
        }
        return Devices.gpu(Integer.parseInt(gpu.group(1)), "--device");
    }
}
