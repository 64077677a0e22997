package io.recthink.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.CommonSections;
import io.recthink.Fixtures;
import io.recthink.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyCheckTest {
    private static final String TURN =
            "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}";
    private static final String START = "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

    @TempDir
    Path folder;

    @BeforeEach
    void copy() throws IOException {
        try (Stream<Path> files = Files.list(Fixtures.folder("qwen2"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
    }

    @Test
    void aUsualModelIsFine() throws IOException {
        template(TURN + START);
        assertThat(check()).isEmpty();
    }

    @Test
    void aTemplateWithoutASystemRoleGetsTheInstructionFromTheUser() throws IOException {
        String refusing =
                "{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}" + TURN + START;
        String dropping = TURN.replace("{{ m.content }}", "{{ m.content if m.role != 'system' else '' }}") + START;
        for (String template : List.of(refusing, dropping)) {
            template(template);
            assertThat(check()).singleElement().asString().contains("has no system role");
        }
    }

    @Test
    void aTemplateThatShowsNoInstructionAtAllIsRefused() throws IOException {
        template("<|im_start|>hello<|im_end|>" + START);
        assertThatThrownBy(this::check)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("leaves out or cuts parts of a message");
    }

    @Test
    void aMissingStartOfTheAnswerIsSaidLoudly() throws IOException {
        template("{% for m in messages %}{{ m.content }}\n{% endfor %}");
        assertThat(check()).singleElement().asString().startsWith("WARNING: ").contains("nothing between");
    }

    @Test
    void aBlockThatThePromptOpensCountsAsOpened() throws IOException {
        template(TURN + "{% if add_generation_prompt %}<|im_start|>assistant\n<think>\n{% endif %}");
        assertThat(check("prompt.think=free")).singleElement().asString().contains("opens <think> itself");
        OutputGrammar grammar = OutputGrammar.of(ThinkMode.FREE, 1, 5).afterPrompt("x\n<think>\n");
        assertThat(grammar.parse("Good.</think><rate>4</rate>", true).formatOk())
                .isTrue();
        assertThat(grammar.parse("<think>Good.</think><rate>4</rate>", true).formatOk())
                .isTrue();
        assertThat(OutputGrammar.of(ThinkMode.FREE, 1, 5)
                        .parse("Good.</think><rate>4</rate>", true)
                        .formatOk())
                .isFalse();
    }

    @Test
    void anEndOfTurnThatEndsNothingIsRefused() throws IOException {
        template("{% for m in messages %}<|im_start|>{{ m.content }}<|im_start|>{% endfor %}" + START);
        assertThatThrownBy(this::check)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("ends an answer with <|im_start|>, token ")
                .hasMessageContaining("to eos_token_id of generation_config.json");
    }

    @Test
    void anInstructionThatDoesNotFitIsRefused() throws IOException {
        template(TURN + START);
        assertThatThrownBy(() -> check("prompt.maxTokens=10")).hasMessageContaining("prompt.maxTokens 10 is too small");
    }

    private List<String> check(String... settings) {
        return PolicyCheck.of(
                folder,
                CommonSections.SECTIONS.read("test", "", List.of(settings)).get(PromptSettings.class),
                1,
                5);
    }

    private void template(String text) throws IOException {
        Files.writeString(folder.resolve("chat_template.jinja"), text);
    }
}
