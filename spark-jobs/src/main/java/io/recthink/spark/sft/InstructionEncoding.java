package io.recthink.spark.sft;

import io.recthink.InvalidInputException;
import io.recthink.model.ChatTemplate.Message;
import io.recthink.model.ModelFolder;
import io.recthink.model.ModelTokenizer;
import io.recthink.prompt.InstructionEncoder;
import io.recthink.spark.policy.PolicyReference;
import io.recthink.spark.policy.PolicyStore;
import io.recthink.spark.table.Instructions;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;

/**
 * The settings with which a task encodes instructions as tokens.
 *
 * @param model the model whose tokenizer and chat template are used
 * @param template variables for the chat template
 * @param endToken the token that ends the assistant's turn
 * @param name name of the table, for messages
 */
record InstructionEncoding(PolicyReference model, Map<String, Object> template, int endToken, String name)
        implements Serializable {
    Iterator<EncodedInstruction> encode(Iterator<Row> rows) {
        List<EncodedInstruction> encoded = new ArrayList<>();
        try (ModelFolder folder = ModelFolder.open(PolicyStore.localize(model));
                ModelTokenizer tokenizer = folder.tokenizer()) {
            InstructionEncoder encoder = new InstructionEncoder(tokenizer, folder.chatTemplate(template));
            rows.forEachRemaining(row -> encoded.add(encode(row, encoder)));
        }
        return encoded.iterator();
    }

    private EncodedInstruction encode(Row row, InstructionEncoder encoder) {
        String key = text(row, Instructions.KEY, "a row");
        int[] text = encoder.completion(text(row, Instructions.COMPLETION, key));
        int[] completion = Arrays.copyOf(text, text.length + 1);
        completion[text.length] = endToken;
        return new EncodedInstruction(key, encoder.prompt(messages(row, key)), completion, weight(row));
    }

    private List<Message> messages(Row row, String key) {
        List<Row> messages = row.isNullAt(row.fieldIndex(Instructions.MESSAGES))
                ? List.of()
                : row.getList(row.fieldIndex(Instructions.MESSAGES));
        if (messages.isEmpty()) {
            throw missing(key, Instructions.MESSAGES);
        }
        return messages.stream()
                .map(message ->
                        new Message(text(message, Instructions.ROLE, key), text(message, Instructions.CONTENT, key)))
                .toList();
    }

    private String text(Row row, String column, String key) {
        String text = row.getAs(column);
        if (text == null) {
            throw missing(key, column);
        }
        return text;
    }

    private InvalidInputException missing(String key, String column) {
        return new InvalidInputException(
                "The %s: %s has no %s. Give it one, or leave the row out.".formatted(name, key, column));
    }

    /** The weight; 1 in a table without weights; NaN for a missing value, which {@link InstructionTable} refuses. */
    private static double weight(Row row) {
        if (row.schema().getFieldIndex(Instructions.WEIGHT).isEmpty()) {
            return 1;
        }
        Number weight = row.getAs(Instructions.WEIGHT);
        return weight == null ? Double.NaN : weight.doubleValue();
    }
}
