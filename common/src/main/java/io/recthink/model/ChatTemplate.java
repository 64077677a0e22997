package io.recthink.model;

import com.fasterxml.jackson.databind.JsonNode;
import io.recthink.InvalidInputException;
import io.recthink.text.Template;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The chat template of a model. It turns messages into the text that the model was trained to continue, as
 * {@code tokenizer.apply_chat_template} of transformers does. The template is part of the model and is not trusted: it
 * is rendered within bounds (see {@link Template}). Safe for use by several threads.
 *
 * <p>One difference: {@code strftime_now} always returns the same day, so that a prompt does not depend on the day on
 * which it is rendered.
 */
public final class ChatTemplate {
    static final String FILE = "chat_template.jinja";
    static final String TOKENIZER_CONFIG = "tokenizer_config.json";

    private static final long LONGEST = 8 << 20; // bytes of a file

    private static final String SPECIAL_TOKENS = "special_tokens_map.json";
    private static final List<String> SPECIAL_TOKEN_KEYS =
            List.of("bos_token", "eos_token", "pad_token", "unk_token", "sep_token", "cls_token", "mask_token");

    // The default day of Llama's own templates.
    private static final LocalDate TODAY = LocalDate.of(2024, 7, 26);

    /** The variables of a chat template that the conversation and the tokenizer set. */
    public static final Set<String> TAKEN_VARIABLES = Set.of(
            "messages",
            "add_generation_prompt",
            "bos_token",
            "eos_token",
            "pad_token",
            "unk_token",
            "sep_token",
            "cls_token",
            "mask_token");

    private final Template template;
    private final Map<String, Object> variables;

    /** A message of a conversation; the role is {@code system}, {@code user} or {@code assistant}. */
    public record Message(String role, String content) {
        public Message {
            Objects.requireNonNull(role, "role");
            Objects.requireNonNull(content, "content");
        }
    }

    ChatTemplate(String source, String template, Map<String, String> specialTokens) {
        this(source, template, specialTokens, Map.of());
    }

    ChatTemplate(String source, String template, Map<String, String> specialTokens, Map<String, Object> variables) {
        this.template = Template.parse(source + ": chat template", template, TODAY);
        this.variables = new HashMap<>(specialTokens);
        variables.forEach((name, value) -> {
            if (TAKEN_VARIABLES.contains(name)) {
                throw new InvalidInputException("the chat template's variable " + name
                        + " comes from the conversation or the tokenizer; give another name");
            }
            this.variables.put(name, value);
        });
    }

    /** As {@link #open(Path, Map)}, without variables. */
    public static ChatTemplate open(Path folder) {
        return open(folder, Map.of());
    }

    /**
     * Reads the template of a model folder: chat_template.jinja, else the entry of tokenizer_config.json. Of several
     * named entries it reads the entry called default.
     *
     * @param variables variables beside the conversation and the special tokens, for example {@code enable_thinking}:
     *     strings, numbers, booleans, nulls, and lists and maps of these
     * @throws InvalidInputException if the folder has no template, or a variable is one of {@link #TAKEN_VARIABLES}
     */
    public static ChatTemplate open(Path folder, Map<String, Object> variables) {
        JsonNode json = tokenizerConfig(folder);
        Source source = source(folder, json)
                .orElseThrow(() -> new InvalidInputException(
                        folder + ": has no chat template; put the template of the model's family into " + FILE
                                + ", or use the instruction-tuned model"));
        return new ChatTemplate(source.file().toString(), source.text(), specialTokens(folder, json), variables);
    }

    private record Source(Path file, String text) {}

    /** The text of a folder's template, if it has one. */
    static Optional<String> text(Path folder) {
        return source(folder, tokenizerConfig(folder)).map(Source::text);
    }

    private static JsonNode tokenizerConfig(Path folder) {
        Path config = folder.resolve(TOKENIZER_CONFIG);
        return Files.isRegularFile(config) ? JsonFile.readObject(config) : JsonFile.MAPPER.createObjectNode();
    }

    private static Optional<Source> source(Path folder, JsonNode tokenizerConfig) {
        Path config = folder.resolve(TOKENIZER_CONFIG);
        Path file = folder.resolve(FILE);
        if (Files.isRegularFile(file)) {
            return Optional.of(new Source(file, read(file)));
        }
        JsonNode entry = tokenizerConfig.path("chat_template");
        if (entry.isTextual()) {
            return Optional.of(new Source(config, entry.textValue()));
        }
        for (JsonNode named : entry) {
            if (named.path("name").asText().equals("default")) {
                return Optional.of(new Source(config, named.path("template").asText()));
            }
        }
        return Optional.empty();
    }

    /**
     * Renders a conversation as text.
     *
     * @param addGenerationPrompt whether the header of the assistant's next message is added
     * @throws InvalidInputException if the template refuses the conversation or cannot be rendered
     */
    public String render(List<Message> messages, boolean addGenerationPrompt) {
        Map<String, Object> all = new HashMap<>(variables);
        all.put("messages", messages.stream().map(ChatTemplate::asMap).toList());
        all.put("add_generation_prompt", addGenerationPrompt);
        return template.render(all);
    }

    private static Map<String, Object> asMap(Message message) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("role", message.role());
        map.put("content", message.content());
        return map;
    }

    private static Map<String, String> specialTokens(Path folder, JsonNode tokenizerConfig) {
        List<JsonNode> sources = new ArrayList<>();
        Path file = folder.resolve(SPECIAL_TOKENS);
        if (Files.isRegularFile(file)) {
            sources.add(JsonFile.readObject(file));
        }
        sources.add(tokenizerConfig);
        Map<String, String> tokens = new HashMap<>();
        for (JsonNode json : sources) {
            for (String key : SPECIAL_TOKEN_KEYS) {
                specialToken(json, key).ifPresent(token -> tokens.put(key, token));
            }
        }
        return tokens;
    }

    /** Returns a special token, which the JSON stores as its text or as an object with its text. */
    static Optional<String> specialToken(JsonNode json, String key) {
        JsonNode token = json.path(key);
        JsonNode text = token.isObject() ? token.path("content") : token;
        return Optional.ofNullable(text.textValue());
    }

    private static String read(Path file) {
        JsonFile.requireLength(file, LONGEST);
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new InvalidInputException(file + ": cannot be read: " + e, e);
        }
    }
}
