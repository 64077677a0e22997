package io.recthink.spark.sft;

import io.recthink.InvalidInputException;
import io.recthink.model.ChatTemplate;
import io.recthink.model.ChatTemplate.Message;
import io.recthink.model.ModelFolder;
import io.recthink.model.ModelTokenizer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Finds the token that ends the assistant's turn: the end token of the model that the chat template writes after an
 * answer.
 */
final class EndToken {
    private static final String ANSWER = "answer";

    private EndToken() {}

    /**
     * The end token of a model.
     *
     * @param variables variables of the chat template
     * @throws InvalidInputException when the model has no end token
     */
    static int of(Path model, Map<String, Object> variables) {
        try (ModelFolder folder = ModelFolder.open(model);
                ModelTokenizer tokenizer = folder.tokenizer()) {
            List<Integer> ends = folder.config().endTokens();
            if (ends.isEmpty()) {
                throw new InvalidInputException(
                        model
                                + ": config.json and generation_config.json name no eos_token_id. Add the token that ends a turn.");
            }
            return Arrays.stream(tokenizer.encode(afterAnswer(folder.chatTemplate(variables))))
                    .filter(ends::contains)
                    .findFirst()
                    .orElse(ends.get(0));
        }
    }

    private static String afterAnswer(ChatTemplate template) {
        List<Message> chat = List.of(new Message("user", "question"), new Message("assistant", ANSWER));
        String text = template.render(chat, false);
        return text.substring(text.lastIndexOf(ANSWER) + ANSWER.length());
    }
}
