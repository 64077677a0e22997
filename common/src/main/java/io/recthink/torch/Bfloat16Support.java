package io.recthink.torch;

import ai.djl.Device;
import ai.djl.util.cuda.CudaUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;

/** Whether a device multiplies BF16 matrices in its own instructions; elsewhere BF16 would be slower than FP32. */
public final class Bfloat16Support {
    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
    // x86-64, then 64-bit ARM
    private static final Set<String> INSTRUCTIONS = Set.of("avx512_bf16", "amx_bf16", "bf16");
    // NVIDIA's Ampere, the first with BF16 tensor cores
    private static final int COMPUTE_CAPABILITY = 80;

    private Bfloat16Support() {}

    /** True for processors that name such instructions and for GPUs of compute capability 8.0 and above. */
    public static boolean of(Device device) {
        if (device.isGpu()) {
            return Integer.parseInt(CudaUtils.getComputeCapability(device.getDeviceId())) >= COMPUTE_CAPABILITY;
        }
        if (!Files.isReadable(PROCESSORS)) {
            return false;
        }
        try (Stream<String> lines = Files.lines(PROCESSORS)) {
            return ofProcessor(lines);
        } catch (IOException e) {
            return false;
        }
    }

    /** @param lines of {@code /proc/cpuinfo} */
    static boolean ofProcessor(Stream<String> lines) {
        return lines.filter(line -> line.startsWith("flags") || line.startsWith("Features"))
                .findFirst()
                .map(line -> Arrays.stream(line.split("\\s+", -1)).anyMatch(INSTRUCTIONS::contains))
                .orElse(false);
    }
}
