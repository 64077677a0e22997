package io.recthink.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.model.ChatTemplate.Message;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordTokenizerTest {
    private static final List<String> MARKERS = List.of("<analyze user>", "</analyze user>", "[pos]");
    private static final List<String> WORDS = List.of("great", "don't", "4", "4.5", ".", "<", "café");
    private final WordTokenizer words = new WordTokenizer(MARKERS);

    @Test
    void wordsAreWhatTheTokenizerSplitsInto(@TempDir Path folder) {
        words.write(folder, WORDS);
        String text = "great<analyze user>don't\n4.5 <4>. café[pos]  [great]";
        try (ModelTokenizer tokenizer = ModelTokenizer.open(folder)) {
            assertThat(tokenizer.vocabularySize()).isEqualTo(words.vocabularySize(WORDS));
            assertThat(words.words(text))
                    .containsExactly("great", "don't", "4.5", "<", "4", ">", ".", "café", "[", "great", "]");
            assertThat(tokenizer.decode(tokenizer.encode(text)))
                    .isEqualTo("great <analyze user> don't 4.5 < 4 . café [pos] great");
            assertThat(words.tokens(text)).isEqualTo(tokenizer.encode(text).length);
            assertThat(tokenizer.encode("great")).isEqualTo(new int[] {5 + 3});
        }
    }

    @Test
    void unknownWordsAreOneTokenEach(@TempDir Path folder) {
        words.write(folder, WORDS);
        try (ModelTokenizer tokenizer = ModelTokenizer.open(folder)) {
            assertThat(tokenizer.encode("great lamp great")).containsExactly(8, 0, 8);
        }
    }

    @Test
    void aTurnCostsOneTokenAndTheEndIsNotShown(@TempDir Path folder) {
        words.write(folder, WORDS);
        String prompt = ChatTemplate.open(folder)
                .render(List.of(new Message("system", "4"), new Message("user", "great")), true);
        assertThat(prompt).isEqualTo("<|system|>4<|user|>great<|assistant|>");
        try (ModelTokenizer tokenizer = ModelTokenizer.open(folder)) {
            assertThat(tokenizer.encode(prompt)).hasSize(5);
            assertThat(tokenizer.encode(WordTokenizer.END)).containsExactly(words.endToken());
            assertThat(tokenizer.decode(tokenizer.encode("great" + WordTokenizer.END)))
                    .isEqualTo("great");
        }
    }
}
