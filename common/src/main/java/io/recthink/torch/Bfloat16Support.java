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

/**
 * Tells whether a device has instructions for products of BF16 matrices. Without them BF16 would be slower than FP32.
 */
public final class Bfloat16Support {
    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
    // The first two are flags of x86-64, the last is a flag of 64-bit ARM.
    private static final Set<String> INSTRUCTIONS = Set.of("avx512_bf16", "amx_bf16", "bf16");
    // 8.0: NVIDIA's Ampere, the first architecture with BF16 tensor cores.
    private static final int COMPUTE_CAPABILITY = 80;

    private static final String TILES = "amx_bf16";

    private Bfloat16Support() {}

    /** Returns true for processors that list BF16 instructions and for GPUs of compute capability 8.0 and above. */
    public static boolean of(Device device) {
        if (device.isGpu()) {
            return Integer.parseInt(CudaUtils.getComputeCapability(device.getDeviceId())) >= COMPUTE_CAPABILITY;
        }
        return among(Processor.INSTRUCTIONS);
    }

    /** Whether the instructions of a processor include one for products of BF16 matrices. */
    static boolean among(Set<String> instructions) {
        return !Collections.disjoint(instructions, INSTRUCTIONS);
    }

    /**
     * Whether this machine's processor multiplies tiles (AMX). It then gains more from large products than other
     * processors.
     */
    public static boolean inTiles() {
        return Processor.INSTRUCTIONS.contains(TILES);
    }

    /**
     * Returns the instructions that a processor lists; empty if it lists none.
     *
     * @param lines lines of {@code /proc/cpuinfo}
     */
    static Set<String> instructions(Stream<String> lines) {
        return lines.filter(line -> line.startsWith("flags") || line.startsWith("Features"))
                .findFirst()
                .map(line -> Set.copyOf(Arrays.asList(line.split("\\s+", -1))))
                .orElse(Set.of());
    }

    /** The processor of this machine. */
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
