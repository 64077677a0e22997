package io.recthink.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class Bfloat16SupportTest {
    @Test
    void looksForTheInstructionsAmongTheFlagsOfTheProcessor() {
        assertThat(Bfloat16Support.ofProcessor(Stream.of("processor\t: 0", "flags\t\t: fpu avx512f avx512_bf16 sse")))
                .isTrue();
        assertThat(Bfloat16Support.ofProcessor(Stream.of("flags\t\t: fpu amx_bf16")))
                .isTrue();
        assertThat(Bfloat16Support.ofProcessor(Stream.of("Features\t: fp asimd bf16 i8mm")))
                .isTrue();
        assertThat(Bfloat16Support.ofProcessor(Stream.of("flags\t\t: fpu avx2 avx512f", "bugs\t\t: amx_bf16")))
                .isFalse();
        assertThat(Bfloat16Support.ofProcessor(Stream.empty())).isFalse();
    }
}
