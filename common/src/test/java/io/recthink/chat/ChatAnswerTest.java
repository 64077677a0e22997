package io.recthink.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What of an answer is private. */
class ChatAnswerTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "no block                                     | no block            | none",
                "<think>a</think>text                         | text                | a",
                "' \n<think>\na\n</think>\n\n text '          | 'text '             | a",
                "<think></think>text                          | text                | none",
                "<think>a</think><think>b</think>text         | text                | 'a\n\nb'",
                "<think>a <think> b</think>text               | text                | a <think> b",
                "a</think>text                                | text                | a",
                "a</think><think>b</think>text                | text                | 'a\n\nb'",
                "<think>never ends                            | ''                  | never ends",
                "<think>                                      | ''                  | none",
                "<think>a</think>text <think>b</think>        | text <think>b</think> | a",
                "<think>a</think>text</think>more             | text</think>more    | a",
                "text <think>b</think>                        | text <think>b</think> | none",
                "<think>a</think>                             | ''                  | a",
                "''                                           | ''                  | none",
            })
    void leadingBlocksArePrivate(String text, String rest, String reasoning) {
        assertParts(answer(text).withoutThinking(false), rest, reasoning);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "<think>a</think>text                         | <think>a</think>text          | none",
                "<think>a</think><think>b</think>text         | <think>b</think>text          | a",
                "'<think>a</think>\n\n<think>b</think>text'   | <think>b</think>text          | a",
                "a</think><think>b</think>text                | <think>b</think>text          | a",
                "a</think>text                                | a</think>text                 | none",
                "<think>a</think><think>never ends            | <think>never ends             | a",
                "<think>never ends                            | <think>never ends             | none",
                "<think>a</think>text<think>b</think>         | <think>a</think>text<think>b</think> | none",
                "no block                                     | no block                      | none",
            })
    void aGrammarThatThinksKeepsItsOwnBlock(String text, String rest, String reasoning) {
        assertParts(answer(text).withoutThinking(true), rest, reasoning);
    }

    @Test
    void bothKindsOfReasoningAreKept() {
        ChatAnswer answer = new ChatAnswer("<think>b</think>text", Optional.of("a"), "stop", "model", 1, 2, 3, 4);
        assertThat(answer.withoutThinking(false))
                .isEqualTo(new ChatAnswer("text", Optional.of("a\n\nb"), "stop", "model", 1, 2, 3, 4));
        assertThat(answer.withoutThinking(true)).isEqualTo(answer);
    }

    private static ChatAnswer answer(String text) {
        return new ChatAnswer(text, Optional.empty(), "length", "model", 1, 2, 3, 4);
    }

    private static void assertParts(ChatAnswer answer, String text, String reasoning) {
        assertThat(answer.text()).isEqualTo(text);
        assertThat(answer.reasoning()).isEqualTo(Optional.ofNullable(reasoning));
    }
}
