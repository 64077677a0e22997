package io.recthink.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class Bfloat16SupportTest {
    @Test
    void looksForTheInstructionsAmongTheFlagsOfTheProcessor() {
        assertThat(supported("processor\t: 0", "flags\t\t: fpu avx512f avx512_bf16 sse"))
                .isTrue();
        assertThat(supported("flags\t\t: fpu amx_bf16")).isTrue();
        assertThat(supported("Features\t: fp asimd bf16 i8mm")).isTrue();
        assertThat(supported("flags\t\t: fpu avx2 avx512f", "bugs\t\t: amx_bf16"))
                .isFalse();
        assertThat(supported()).isFalse();
    }

    private static boolean supported(String... lines) {
        return Bfloat16Support.among(Bfloat16Support.instructions(Stream.of(lines)));
    }
}
