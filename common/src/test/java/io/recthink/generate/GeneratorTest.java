package io.recthink.generate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.recthink.Fixtures;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GeneratorTest {
    static List<String> models() {
        return Fixtures.MODELS;
    }

    @ParameterizedTest
    @MethodSource("models")
    void takesTheLikeliestTokensAsTransformersDoes(String name) {
        JsonNode golden = Fixtures.golden(name);
        int[] expected = integers(golden.path("greedy"));
        try (TestModel model = TestModel.fixture(name)) {
            Completion completion = model.generator()
                    .generate(
                            List.of(new PromptTokens(integers(golden.path("prompt")), new long[1])),
                            SamplingOptions.greedy(expected.length))
                    .get(0)
                    .get(0);
            assertThat(completion.tokens()).containsExactly(expected);
            assertThat(completion.finish()).isEqualTo(Finish.LENGTH);
        }
    }

    private static int[] integers(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }
}
