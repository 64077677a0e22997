package io.recthink.model;

import com.fasterxml.jackson.databind.JsonNode;
import io.recthink.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The chat template of a model: turns messages into the text that the model was trained to continue, as
 * {@code tokenizer.apply_chat_template} of transformers does. The template comes with the model and is not trusted: it
 * is rendered in a sandbox (see {@link JinjaSandbox}). Safe for use by several threads.
 *
 * <p>One departure: {@code strftime_now} always answers the same day, so that a prompt does not depend on the day on
 * which it is rendered.
 */
public final class ChatTemplate {
    static final String FILE = "chat_template.jinja";
    static final String TOKENIZER_CONFIG = "tokenizer_config.json";

    private static final String SPECIAL_TOKENS = "special_tokens_map.json";
    private static final List<String> SPECIAL_TOKEN_KEYS =
            List.of("bos_token", "eos_token", "pad_token", "unk_token", "sep_token", "cls_token", "mask_token");

    private final String source;
    private final String template;
    private final Map<String, String> specialTokens;

    /** What one side says: role is {@code system}, {@code user} or {@code assistant}. */
    public record Message(String role, String content) {
        public Message {
            Objects.requireNonNull(role, "role");
            Objects.requireNonNull(content, "content");
        }
    }

    ChatTemplate(String source, String template, Map<String, String> specialTokens) {
        this.source = source;
        this.template = TemplateRewriter.rewrite(template);
        JinjaSandbox.check(source, this.template);
        this.specialTokens = Map.copyOf(specialTokens);
    }

    /**
     * Reads the template of a model folder: chat_template.jinja, else the entry of tokenizer_config.json (of several
     * named ones that called default).
     *
     * @throws InvalidInputException if the folder has none
     */
    public static ChatTemplate open(Path folder) {
        Path config = folder.resolve(TOKENIZER_CONFIG);
        JsonNode json = Files.isRegularFile(config) ? JsonFile.readObject(config) : JsonFile.MAPPER.createObjectNode();
        Map<String, String> specialTokens = specialTokens(folder, json);
        Path file = folder.resolve(FILE);
        if (Files.isRegularFile(file)) {
            return new ChatTemplate(file.toString(), text(file), specialTokens);
        }
        JsonNode entry = json.path("chat_template");
        if (entry.isTextual()) {
            return new ChatTemplate(config.toString(), entry.textValue(), specialTokens);
        }
        for (JsonNode named : entry) {
            if (named.path("name").asText().equals("default")) {
                return new ChatTemplate(
                        config.toString(), named.path("template").asText(), specialTokens);
            }
        }
        throw new InvalidInputException(folder + ": has no chat template; put the template of the model's family into "
                + FILE + ", or use the instruction-tuned model");
    }

    /**
     * The text of a conversation.
     *
     * @param addGenerationPrompt whether the header of the assistant's next message is added
     * @throws InvalidInputException if the template refuses the conversation or cannot be rendered
     */
    public String render(List<Message> messages, boolean addGenerationPrompt) {
        Map<String, Object> variables = new HashMap<>(specialTokens);
        variables.put("messages", messages.stream().map(ChatTemplate::asMap).toList());
        variables.put("add_generation_prompt", addGenerationPrompt);
        return JinjaSandbox.render(source, template, variables);
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

    /** A special token is stored as its text or as an object with its text. */
    static Optional<String> specialToken(JsonNode json, String key) {
        JsonNode token = json.path(key);
        JsonNode text = token.isObject() ? token.path("content") : token;
        return Optional.ofNullable(text.textValue());
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new InvalidInputException(file + ": cannot be read: " + e, e);
        }
    }
}
