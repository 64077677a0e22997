package io.recthink.torch;

import ai.djl.Device;
import ai.djl.util.cuda.CudaUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Set;
import java.util.stream.Stream;

/** Whether a device multiplies BF16 matrices in its own instructions; elsewhere BF16 would be slower than FP32. */
public final class Bfloat16Support {
    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
    // x86-64, then 64-bit ARM
    private static final Set<String> INSTRUCTIONS = Set.of("avx512_bf16", "amx_bf16", "bf16");
    // NVIDIA's Ampere, the first with BF16 tensor cores
    private static final int COMPUTE_CAPABILITY = 80;

    private static final String TILES = "amx_bf16";

    private Bfloat16Support() {}

    /** True for processors that name such instructions and for GPUs of compute capability 8.0 and above. */
    public static boolean of(Device device) {
        if (device.isGpu()) {
            return Integer.parseInt(CudaUtils.getComputeCapability(device.getDeviceId())) >= COMPUTE_CAPABILITY;
        }
        return among(Processor.INSTRUCTIONS);
    }

    /** Whether such instructions are among those of a processor. */
    static boolean among(Set<String> instructions) {
        return !Collections.disjoint(instructions, INSTRUCTIONS);
    }

    /** Whether the processor multiplies tiles (AMX): it gains more from large products than others. */
    public static boolean inTiles() {
        return Processor.INSTRUCTIONS.contains(TILES);
    }

    /**
     * The instructions that a processor names.
     *
     * @param lines of {@code /proc/cpuinfo}
     */
    static Set<String> instructions(Stream<String> lines) {
        return lines.filter(line -> line.startsWith("flags") || line.startsWith("Features"))
                .findFirst()
                .map(line -> Set.copyOf(Arrays.asList(line.split("\\s+", -1))))
                .orElse(Set.of());
    }

    /** That of this machine. */
    private static final class Processor {
        private static final Set<String> INSTRUCTIONS = read();

        private static Set<String> read() {
            try (Stream<String> lines = Files.lines(PROCESSORS)) {
                return instructions(lines);
            } catch (IOException e) {
                return Set.of();
            }
        }
    }
}
