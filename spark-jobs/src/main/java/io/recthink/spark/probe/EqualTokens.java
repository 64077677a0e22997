package io.recthink.spark.probe;

import static org.apache.spark.sql.functions.expr;

import io.recthink.prompt.PromptEncoder;
import io.recthink.prompt.PromptInput;
import io.recthink.prompt.PromptTemplate;
import io.recthink.prompt.ReviewedItem;
import io.recthink.spark.completion.PromptEncoding;
import io.recthink.spark.table.Examples;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Spliterators;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Cuts the texts of histories until the prompt has no more tokens than with only the latest entry. All entries of a row
 * are cut to the same number of characters. Compared with a history of one entry, this shows the value of more entries
 * in a prompt of the same length. When the entries have too many tokens even without texts, they keep no text.
 */
final class EqualTokens {
    private static final StructType CHARACTERS =
            new StructType().add("rowId", DataTypes.StringType, false).add("characters", DataTypes.IntegerType, false);

    private final PromptEncoder encoder;
    private final int maxTokens;

    private EqualTokens(PromptEncoder encoder, int maxTokens) {
        this.encoder = encoder;
        this.maxTokens = maxTokens;
    }

    /**
     * Cuts the histories.
     *
     * @param rows the columns of examples, with histories of the length to show
     */
    static Dataset<Row> of(Dataset<Row> rows, PromptEncoding encoding) {
        Dataset<Row> characters = rows.mapPartitions(
                (MapPartitionsFunction<Row, Row>) some -> characters(some, encoding), Encoders.row(CHARACTERS));
        String entry = Arrays.stream(Probe.entry(rows, "userHistory").fieldNames())
                .map(field -> "'%s', %s".formatted(field, cut(field)))
                .collect(Collectors.joining(", ", "named_struct(", ")"));
        return rows.join(characters, "rowId")
                .withColumn("userHistory", expr("transform(userHistory, h -> %s)".formatted(entry)))
                .drop("characters");
    }

    /** The summary is kept before the review. */
    private static String cut(String field) {
        return switch (field) {
            case "summary" -> "left(h.summary, characters)";
            case "review" -> "left(h.review, greatest(characters - coalesce(length(h.summary), 0), 0))";
            default -> "h." + field;
        };
    }

    private static Iterator<Row> characters(Iterator<Row> rows, PromptEncoding encoding) {
        PromptEncoding.Open open = encoding.open();
        TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> open.close());
        // No token limit here: with one, the encoder would drop entries instead of texts.
        EqualTokens task = new EqualTokens(
                new PromptEncoder(
                        new PromptTemplate(encoding.settings(), encoding.minRating(), encoding.maxRating()),
                        open.tokenizer(),
                        open.chatTemplate(),
                        Integer.MAX_VALUE),
                encoding.settings().maxTokens());
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(rows, 0), false)
                .map(row -> RowFactory.create(row.<String>getAs("rowId"), task.characters(Examples.input(row))))
                .iterator();
    }

    /** The largest number of characters of an entry's summary and review together that fits. */
    private int characters(PromptInput input) {
        int most = Math.min(maxTokens, tokens(input.latest(1)));
        int tooMany = input.userHistory().stream()
                .mapToInt(entry -> length(entry.summary()) + length(entry.review()))
                .max()
                .orElse(0);
        if (tokens(input) <= most) {
            return tooMany;
        }
        int fitting = 0;
        while (tooMany - fitting > 1) {
            int middle = (fitting + tooMany) >>> 1;
            if (tokens(cut(input, middle)) <= most) {
                fitting = middle;
            } else {
                tooMany = middle;
            }
        }
        return fitting;
    }

    private int tokens(PromptInput input) {
        return encoder.encode(input).length;
    }

    private static PromptInput cut(PromptInput input, int characters) {
        return new PromptInput(
                input.userHistory().stream()
                        .map(entry -> cut(entry, characters))
                        .toList(),
                input.itemHistory(),
                input.target(),
                input.userMean(),
                input.itemMean());
    }

    private static ReviewedItem cut(ReviewedItem entry, int characters) {
        return new ReviewedItem(
                entry.item(),
                entry.time(),
                entry.rating(),
                left(entry.summary(), characters),
                left(entry.review(), Math.max(0, characters - length(entry.summary()))));
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /** The first code points; Spark's {@code left} counts code points too. */
    private static String left(String text, int characters) {
        return length(text) <= characters ? text : text.substring(0, text.offsetByCodePoints(0, characters));
    }
}
