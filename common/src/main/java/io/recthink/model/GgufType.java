package io.recthink.model;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;

/**
 * The element types of GGUF tensors that can be read. A tensor is a sequence of blocks of the same length, in the
 * layouts of ggml-quants.c. The arithmetic is single precision in the order of the {@code gguf} Python package, so both
 * give the same bits.
 */
enum GgufType {
    F32(0, 1, 4) {
        @Override
        void decode(ByteBuffer block, float[] out, int at) {
            out[at] = block.getFloat();
        }
    },
    F16(1, 1, 2) {
        @Override
        void decode(ByteBuffer block, float[] out, int at) {
            out[at] = FloatDecoder.half(block.getShort());
        }
    },
    BF16(30, 1, 2) {
        @Override
        void decode(ByteBuffer block, float[] out, int at) {
            out[at] = Float.intBitsToFloat(block.getShort() << 16);
        }
    },
    /** 32 signed nibbles, one scale. */
    Q4_0(2, 32, 18) {
        @Override
        void decode(ByteBuffer block, float[] out, int at) {
            float scale = FloatDecoder.half(block.getShort());
            for (int i = 0; i < 16; i++) {
                int pair = block.get();
                out[at + i] = scale * (low(pair) - 8);
                out[at + 16 + i] = scale * (high(pair) - 8);
            }
        }
    },
    /** 32 nibbles, a scale and a minimum. */
    Q4_1(3, 32, 20) {
        @Override
        void decode(ByteBuffer block, float[] out, int at) {
            float scale = FloatDecoder.half(block.getShort());
            float minimum = FloatDecoder.half(block.getShort());
            for (int i = 0; i < 16; i++) {
                int pair = block.get();
                out[at + i] = scale * low(pair) + minimum;
                out[at + 16 + i] = scale * high(pair) + minimum;
            }
        }
    },
    /** As Q4_0 with a fifth bit for each element. */
    Q5_0(6, 32, 22) {
        @Override
        void decode(ByteBuffer block, float[] out, int at) {
            float scale = FloatDecoder.half(block.getShort());
            int fifth = block.getInt();
            for (int i = 0; i < 16; i++) {
                int pair = block.get();
                out[at + i] = scale * ((low(pair) | (bit(fifth, i) << 4)) - 16);
                out[at + 16 + i] = scale * ((high(pair) | (bit(fifth, i + 16) << 4)) - 16);
            }
        }
    },
    /** As Q4_1 with a fifth bit for each element. */
    Q5_1(7, 32, 24) {
        @Override
        void decode(ByteBuffer block, float[] out, int at) {
            float scale = FloatDecoder.half(block.getShort());
            float minimum = FloatDecoder.half(block.getShort());
            int fifth = block.getInt();
            for (int i = 0; i < 16; i++) {
                int pair = block.get();
                out[at + i] = scale * (low(pair) | (bit(fifth, i) << 4)) + minimum;
                out[at + 16 + i] = scale * (high(pair) | (bit(fifth, i + 16) << 4)) + minimum;
            }
        }
    },
    /** 32 signed bytes, one scale. */
    Q8_0(8, 32, 34) {
        @Override
        void decode(ByteBuffer block, float[] out, int at) {
            float scale = FloatDecoder.half(block.getShort());
            for (int i = 0; i < 32; i++) {
                out[at + i] = block.get() * scale;
            }
        }
    },
    /** 256 nibbles in eight groups; the groups' scales and minima have six bits and a common factor each. */
    Q4_K(12, 256, 144) {
        @Override
        void decode(ByteBuffer block, float[] out, int at) {
            SixBitScales scales = SixBitScales.read(block);
            for (int group = 0; group < 8; group += 2) {
                for (int i = 0; i < 32; i++) {
                    int pair = block.get();
                    out[at + group * 32 + i] = scales.apply(group, low(pair));
                    out[at + group * 32 + 32 + i] = scales.apply(group + 1, high(pair));
                }
            }
        }
    },
    /** As Q4_K with a fifth bit for each element. */
    Q5_K(13, 256, 176) {
        @Override
        void decode(ByteBuffer block, float[] out, int at) {
            SixBitScales scales = SixBitScales.read(block);
            byte[] fifth = new byte[32];
            block.get(fifth);
            for (int group = 0; group < 8; group += 2) {
                for (int i = 0; i < 32; i++) {
                    int pair = block.get();
                    out[at + group * 32 + i] = scales.apply(group, low(pair) | (bit(fifth[i], group) << 4));
                    out[at + group * 32 + 32 + i] =
                            scales.apply(group + 1, high(pair) | (bit(fifth[i], group + 1) << 4));
                }
            }
        }
    },
    /** 256 signed six-bit elements in sixteen groups with a byte for a scale. */
    Q6_K(14, 256, 210) {
        @Override
        void decode(ByteBuffer block, float[] out, int at) {
            byte[] lower = new byte[128];
            byte[] upper = new byte[64];
            byte[] scales = new byte[16];
            block.get(lower).get(upper).get(scales);
            float factor = FloatDecoder.half(block.getShort());
            for (int i = 0; i < 256; i++) {
                int half = i / 128;
                int row = i % 128 / 32;
                int column = i % 32;
                int pair = lower[half * 64 + row % 2 * 32 + column];
                int bits = (upper[half * 32 + column] >> (row * 2)) & 3;
                int value = ((row < 2 ? low(pair) : high(pair)) | (bits << 4)) - 32;
                out[at + i] = factor * scales[i / 16] * value;
            }
        }
    };

    private final int id;
    private final int blockLength;
    private final int blockBytes;

    GgufType(int id, int blockLength, int blockBytes) {
        this.id = id;
        this.blockLength = blockLength;
        this.blockBytes = blockBytes;
    }

    // ggml's names of some types that cannot be read.
    private static final Map<Integer, String> OTHERS = Map.ofEntries(
            Map.entry(10, "Q2_K"),
            Map.entry(11, "Q3_K"),
            Map.entry(16, "IQ2_XXS"),
            Map.entry(17, "IQ2_XS"),
            Map.entry(18, "IQ3_XXS"),
            Map.entry(19, "IQ1_S"),
            Map.entry(20, "IQ4_NL"),
            Map.entry(21, "IQ3_S"),
            Map.entry(22, "IQ2_S"),
            Map.entry(23, "IQ4_XS"),
            Map.entry(29, "IQ1_M"),
            Map.entry(34, "TQ1_0"),
            Map.entry(35, "TQ2_0"),
            Map.entry(39, "MXFP4"));

    /** Returns the number of a type that cannot be read, with its name where the name is known. */
    static String describe(int id) {
        String number = Integer.toUnsignedString(id);
        return OTHERS.containsKey(id) ? number + " (" + OTHERS.get(id) + ")" : number;
    }

    static Optional<GgufType> of(int id) {
        for (GgufType type : values()) {
            if (type.id == id) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /** Elements in a block. */
    int blockLength() {
        return blockLength;
    }

    /** Bytes of a block. */
    int blockBytes() {
        return blockBytes;
    }

    /** Decodes the block at the position of the little-endian buffer, and moves the position behind the block. */
    abstract void decode(ByteBuffer block, float[] out, int at);

    private static int low(int pair) {
        return pair & 0xF;
    }

    private static int high(int pair) {
        return (pair >> 4) & 0xF;
    }

    private static int bit(int bits, int index) {
        return (bits >>> index) & 1;
    }

    /** The scales and minima of the eight groups of a Q4_K or Q5_K block. */
    private static final class SixBitScales {
        private final float[] scales = new float[8];
        private final float[] minima = new float[8];

        static SixBitScales read(ByteBuffer block) {
            float scale = FloatDecoder.half(block.getShort());
            float minimum = FloatDecoder.half(block.getShort());
            byte[] packed = new byte[12];
            block.get(packed);
            SixBitScales result = new SixBitScales();
            for (int i = 0; i < 4; i++) {
                result.scales[i] = scale * (packed[i] & 0x3F);
                result.minima[i] = minimum * (packed[i + 4] & 0x3F);
                // The last four groups take their lower bits from the third row and their upper bits from the first two
                // rows.
                result.scales[i + 4] = scale * (low(packed[i + 8]) | ((packed[i] & 0xC0) >> 2));
                result.minima[i + 4] = minimum * (high(packed[i + 8]) | ((packed[i + 4] & 0xC0) >> 2));
            }
            return result;
        }

        float apply(int group, int value) {
            return scales[group] * value - minima[group];
        }
    }
}
