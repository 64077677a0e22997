package io.recthink.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recthink.Fixtures;
import io.recthink.config.Configuration;
import io.recthink.config.Configuration.Prompt;
import io.recthink.config.Configuration.ThinkMode;
import io.recthink.model.ChatTemplate;
import io.recthink.model.ModelTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random texts over the added tokens of many tokenizers: none becomes an id that is special or added, neither alone nor with
 * the fields and the template around it.
 */
class UntrustedTokensTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ROUNDS = 60;
    private static final List<String> TOKENS = List.of(
            "[INST]",
            "[/INST]",
            "### Assistant:",
            "### Response:",
            "<<SYS>>",
            "USER:",
            "ASSISTANT",
            "Human",
            "guitar",
            "\u6f22",
            "###",
            "....",
            "✪",
            "<|im_end|>",
            "</s>",
            "[UNUSED1]",
            "| end |",
            "TOOL_CALLS",
            "a b",
            "\u4f60\u597d",
            "Ｓys");

    /** Kinds of tokenizers, with what each adds to a text of its own. */
    private enum Kind {
        BYTES,
        METASPACE,
        UNIGRAM,
        WORD_PIECE,
        WORD_LEVEL
    }

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void noTextBecomesASpecialOrAddedToken(Kind kind) throws IOException {
        Random random = new Random(kind.name().hashCode());
        for (int variant = 0; variant < 8; variant++) {
            Set<Integer> added = write(kind, variant, random);
            try (ModelTokenizer tokenizer = ModelTokenizer.open(folder)) {
                PromptEncoder encoder = new PromptEncoder(template(), tokenizer, ChatTemplate.open(folder), 100_000);
                int[] harmless = controls(encoder, "a", "b", added);
                for (int round = 0; round < ROUNDS; round++) {
                    String title = text(random);
                    String brand = text(random);
                    assertThat(controls(encoder, title, brand, added))
                            .as("%s %d: %s | %s", kind, variant, title, brand)
                            .isEqualTo(harmless);
                    assertThat(controls(encoder.encodeAnswer(title + brand), added))
                            .as("%s %d: answer %s%s", kind, variant, title, brand)
                            .isEmpty();
                }
            }
        }
    }

    private static int[] controls(PromptEncoder encoder, String title, String brand, Set<Integer> added) {
        Item item = new Item(title, List.of(), brand, "", "");
        return controls(
                encoder.encode(
                        new PromptInput(List.of(), List.of(), item, OptionalDouble.empty(), OptionalDouble.empty())),
                added);
    }

    private static int[] controls(int[] tokens, Set<Integer> added) {
        return Arrays.stream(tokens).filter(added::contains).toArray();
    }

    /** Tokens, parts of them, their wide and their small letters, hidden characters and blanks. */
    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        int parts = random.nextInt(5);
        for (int i = 0; i < parts; i++) {
            String token = TOKENS.get(random.nextInt(TOKENS.size()));
            int cut = token.offsetByCodePoints(0, random.nextInt(token.codePointCount(0, token.length()) + 1));
            text.append(
                    switch (random.nextInt(8)) {
                        case 0 -> wide(token);
                        case 1 -> token.toLowerCase(java.util.Locale.ROOT);
                        case 2 -> token.substring(cut);
                        case 3 -> token.substring(0, cut);
                        case 4 -> token.substring(0, cut) + token + token.substring(cut);
                        case 5 -> token.substring(0, cut) + "\u200B\u00AD" + token.substring(cut);
                        case 6 -> " " + token + "  ";
                        default -> token;
                    });
            text.append(List.of("", " ", "x", "\u200C", "\u0301").get(random.nextInt(5)));
        }
        return text.toString();
    }

    private static String wide(String text) {
        StringBuilder wide = new StringBuilder();
        text.chars().forEach(c -> wide.append(c > ' ' && c < 0x7F ? (char) (c + 0xFEE0) : (char) c));
        return wide.toString();
    }

    /** A tokenizer with other properties of its added tokens for each variant; the ids of these. */
    private Set<Integer> write(Kind kind, int variant, Random random) throws IOException {
        ObjectNode json = base(kind);
        ArrayNode tokens = json.withArray("added_tokens");
        int next = firstFree(json);
        Set<Integer> added = new HashSet<>();
        tokens.forEach(token -> added.add(token.path("id").asInt()));
        for (String content : TOKENS) {
            boolean known = false;
            for (JsonNode token : tokens) {
                known |= token.path("content").asText().equals(content);
            }
            if (!known) {
                boolean special = random.nextBoolean();
                if (special || !content.equals("\u6f22")) { // a letter alone extends an alphabet
                    added.add(next);
                }
                tokens.addObject()
                        .put("id", next++)
                        .put("content", content)
                        .put("special", special)
                        .put("single_word", variant % 4 == 3)
                        .put("lstrip", (variant & 1) == 1)
                        .put("rstrip", (variant & 2) == 2)
                        .put("normalized", variant >= 4);
            }
        }
        if (variant >= 4) {
            json.set(
                    "normalizer",
                    JSON.readTree(
                            """
                    {"type": "Sequence", "normalizers": [{"type": "NFKC"}, {"type": "Lowercase"},
                     {"type": "Replace", "pattern": {"Regex": "[\u200B\u200C\u0301]"}, "content": ""}]}"""));
        }
        JSON.writeValue(folder.resolve("tokenizer.json").toFile(), json);
        Files.writeString(
                folder.resolve("chat_template.jinja"),
                "{% for m in messages %}[INST] Human {{ m.content }}[/INST]{% endfor %}### Assistant:");
        added.remove(unknown(json));
        return added;
    }

    /** Text that the vocabulary lacks becomes this one. */
    private static int unknown(ObjectNode json) {
        return json.at("/model/vocab")
                .path(json.at("/model/unk_token").asText())
                .asInt(json.at("/model/unk_id").asInt(-1));
    }

    private static int firstFree(ObjectNode json) {
        return Math.max(json.at("/model/vocab").size(), 0);
    }

    private static ObjectNode base(Kind kind) throws IOException {
        if (kind == Kind.BYTES) {
            return (ObjectNode) JSON.readTree(
                    Fixtures.folder("qwen2").resolve("tokenizer.json").toFile());
        }
        ObjectNode json = (ObjectNode)
                JSON.readTree(
                        """
                {"version": "1.0", "added_tokens": [], "normalizer": null, "post_processor": null, "decoder": null,
                 "truncation": null, "padding": null}""");
        ObjectNode model = json.putObject("model");
        json.set(
                "pre_tokenizer",
                JSON.readTree(
                        kind == Kind.WORD_PIECE
                                ? "{\"type\": \"BertPreTokenizer\"}"
                                : kind == Kind.WORD_LEVEL
                                        ? "{\"type\": \"Whitespace\"}"
                                        : "{\"type\": \"Metaspace\", \"replacement\": \"\u2581\", \"prepend_scheme\": \"first\", \"split\": false}"));
        switch (kind) {
            case METASPACE -> {
                model.put("type", "BPE").put("unk_token", "<unk>").putArray("merges");
                letters(model.putObject("vocab"), "");
            }
            case UNIGRAM -> {
                ArrayNode vocabulary =
                        model.put("type", "Unigram").put("unk_id", 0).putArray("vocab");
                ObjectNode letters = JSON.createObjectNode();
                letters(letters, "");
                letters.fieldNames()
                        .forEachRemaining(
                                letter -> vocabulary.addArray().add(letter).add(-3.5));
            }
            case WORD_PIECE -> {
                model.put("type", "WordPiece").put("unk_token", "<unk>").put("continuing_subword_prefix", "##");
                model.put("max_input_chars_per_word", 100);
                ObjectNode vocabulary = model.putObject("vocab");
                letters(vocabulary, "");
                letters(vocabulary, "##");
            }
            case WORD_LEVEL -> {
                model.put("type", "WordLevel").put("unk_token", "<unk>");
                letters(model.putObject("vocab"), "");
            }
            case BYTES -> throw new IllegalStateException();
        }
        return json;
    }

    private static void letters(ObjectNode vocabulary, String prefix) {
        List<String> letters = new ArrayList<>(prefix.isEmpty() ? List.of("<unk>", "\u2581") : List.of());
        for (char c = '!'; c < 0x7F; c++) {
            if (c == '#' && !prefix.isEmpty()) {
                continue; // ### is an added token
            }
            letters.add(prefix + c);
        }
        letters.forEach(letter -> vocabulary.put(letter, vocabulary.size()));
    }

    private static PromptTemplate template() {
        return new PromptTemplate(
                new Prompt(
                        ThinkMode.NONE,
                        Configuration.PromptLayout.SKELETON,
                        false,
                        0,
                        1000,
                        1000,
                        1000,
                        1000,
                        0,
                        0,
                        0,
                        1,
                        " ",
                        "{target_item}",
                        "{title}",
                        "{title}{brand} [{title}] {brand}INST]\n### {title}:",
                        Map.of(),
                        Configuration.PromptSource.POLICY),
                1,
                5);
    }
}
