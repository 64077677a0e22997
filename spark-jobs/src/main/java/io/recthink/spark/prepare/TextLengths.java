package io.recthink.spark.prepare;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.substring;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.model.ChatTemplate;
import io.recthink.model.ChatTemplate.Message;
import io.recthink.model.ModelTokenizer;
import io.recthink.prompt.PromptInput;
import io.recthink.prompt.PromptSettings;
import io.recthink.prompt.PromptTemplate;
import io.recthink.prompt.Turns;
import io.recthink.spark.datacard.DataCard.Fit;
import io.recthink.spark.datacard.DataCard.Lengths;
import io.recthink.spark.datacard.DataCard.Percentiles;
import io.recthink.spark.datacard.DataCard.ShownPrompt;
import io.recthink.spark.policy.PolicyStore;
import io.recthink.spark.source.SourceSettings;
import io.recthink.spark.table.Examples;
import io.recthink.spark.table.Splits;
import java.io.IOException;
import java.io.Serializable;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Measures the length of prompts and reviews: in tokens of the configured model if {@code paths.model} has a tokenizer,
 * otherwise in words. The measurement uses about {@value #SAMPLE} rows of each split, the rows with the least row ids.
 * Row ids are hashes, so the sample is fair, always the same, and small enough for the driver. Prompts are as the model
 * sees them, but not shortened to {@code prompt.maxTokens}.
 */
final class TextLengths implements AutoCloseable {
    private static final int SAMPLE = 1000;
    private static final int SHOWN = 3;
    private static final int ID_DIGITS = 10;
    private static final int LONGEST_REVIEW = 100_000; // characters; a very long review must not fill the driver

    private final PromptSettings prompt;
    private final SourceSettings source;
    private final String model;
    private final ModelTokenizer tokenizer;
    private final Turns turns;

    private TextLengths(Configuration configuration, String model, ModelTokenizer tokenizer, Turns turns) {
        this.prompt = configuration.get(PromptSettings.class);
        this.source = configuration.get(SourceSettings.class);
        this.model = model;
        this.tokenizer = tokenizer;
        this.turns = turns;
    }

    /**
     * Opens the tokenizer and the chat template of {@code paths.model}, if there is a model.
     *
     * @throws InvalidInputException when the tokenizer or the template cannot be used
     */
    static TextLengths of(SparkSession spark, Configuration configuration) {
        String model = configuration.paths().resolve(configuration.paths().model());
        if (!exists(spark, model + "/tokenizer.json")) {
            return new TextLengths(configuration, "", null, null);
        }
        java.nio.file.Path folder = PolicyStore.localize(model);
        ChatTemplate chatTemplate = ChatTemplate.open(
                folder, configuration.get(PromptSettings.class).template());
        return new TextLengths(configuration, model, ModelTokenizer.open(folder), Turns.of(chatTemplate));
    }

    private static boolean exists(SparkSession spark, String file) {
        Path path = new Path(file);
        try {
            return path.getFileSystem(spark.sparkContext().hadoopConfiguration())
                    .exists(path);
        } catch (IOException e) {
            throw new InvalidInputException("paths.model: %s cannot be read: %s".formatted(path.getParent(), e), e);
        }
    }

    /**
     * Measures a sample.
     *
     * @param examples as in Tables.EXAMPLES
     * @param reviews the reviews of the same rows: rowId, split, review
     * @param rows the number of rows of each split
     */
    Lengths measure(Dataset<Row> examples, Dataset<Row> reviews, Map<String, Long> rows) {
        Map<String, Map<String, Percentiles>> measured = new LinkedHashMap<>();
        Dataset<Row> texts = reviews.where(sampled(rows))
                .select(
                        col("rowId"),
                        substring(col("review"), 1, LONGEST_REVIEW).as("review"));
        List<Text> prompts = prompts(examples.where(sampled(rows)).join(texts, "rowId"));
        measured.put("prompt", percentiles(prompts, this::ofPrompt));
        List<Text> reviewed =
                prompts.stream().filter(text -> !isBlank(text.review)).toList();
        measured.put("review", percentiles(reviewed, text -> ofText(text.review)));
        return new Lengths(
                tokenizer == null ? "words" : "tokens", model, SAMPLE, measured, fit(prompts), shown(prompts));
    }

    /** Counts the prompts of train rows that are too long for {@code prompt.maxTokens}; null without a tokenizer. */
    private Fit fit(List<Text> prompts) {
        if (tokenizer == null) {
            return null;
        }
        List<Text> train =
                prompts.stream().filter(text -> text.split.equals(Splits.TRAIN)).toList();
        List<Text> tooLong = train.stream()
                .filter(text -> ofPrompt(text) > prompt.maxTokens())
                .toList();
        long targetTooLong = tooLong.stream()
                .filter(text -> ofPrompt(text.withoutPurchases()) > prompt.maxTokens())
                .count();
        return new Fit(prompt.maxTokens(), train.size(), tooLong.size(), targetTooLong);
    }

    private List<ShownPrompt> shown(List<Text> prompts) {
        return prompts.stream()
                .filter(text -> text.split.equals(Splits.TRAIN))
                .sorted(Comparator.comparing(Text::rowId))
                .limit(SHOWN)
                .map(text -> new ShownPrompt(
                        text.rowId,
                        tokenizer == null ? PromptTemplate.underRoles(text.messages()) : turns.render(text.messages()),
                        tokenizer == null ? 0 : ofPrompt(text)))
                .toList();
    }

    private static Column sampled(Map<String, Long> rows) {
        BigInteger scale = BigInteger.valueOf(16).pow(ID_DIGITS);
        Column chosen = lit(false);
        for (Map.Entry<String, Long> split : rows.entrySet()) {
            Column of = col("split").equalTo(split.getKey());
            if (split.getValue() > SAMPLE) {
                BigInteger first =
                        scale.multiply(BigInteger.valueOf(SAMPLE)).divide(BigInteger.valueOf(split.getValue()));
                of = of.and(col("rowId").lt(("%0" + ID_DIGITS + "x").formatted(first)));
            }
            chosen = chosen.or(of);
        }
        return chosen;
    }

    /** The messages of one prompt, with and without past purchases, and the beginning of the row's own review. */
    private record Text(
            String rowId, String split, List<String> roles, List<String> contents, List<String> bare, String review)
            implements Serializable {
        private static final long serialVersionUID = 1;

        private static Text of(Row example, List<Message> messages, List<Message> bare) {
            return new Text(
                    example.getAs("rowId"),
                    example.getAs("split"),
                    new ArrayList<>(messages.stream().map(Message::role).toList()),
                    new ArrayList<>(messages.stream().map(Message::content).toList()),
                    new ArrayList<>(bare.stream().map(Message::content).toList()),
                    example.getAs("review"));
        }

        private Text withoutPurchases() {
            return new Text(rowId, split, roles, bare, bare, review);
        }

        private List<Message> messages() {
            List<Message> messages = new ArrayList<>();
            for (int i = 0; i < roles.size(); i++) {
                messages.add(new Message(roles.get(i), contents.get(i)));
            }
            return messages;
        }
    }

    private List<Text> prompts(Dataset<Row> examples) {
        PromptSettings settings = prompt;
        double min = source.minRating();
        double max = source.maxRating();
        return examples.select(
                        "rowId", "split", "target", "userHistory", "itemHistory", "userMean", "itemMean", "review")
                .javaRDD()
                .mapPartitions(part -> rendered(part, new PromptTemplate(settings, min, max)))
                .collect();
    }

    private static Iterator<Text> rendered(Iterator<Row> examples, PromptTemplate template) {
        List<Text> texts = new ArrayList<>();
        examples.forEachRemaining(example -> {
            PromptInput input = Examples.input(example);
            texts.add(Text.of(example, template.messages(input), template.messages(input.latest(0))));
        });
        return texts.iterator();
    }

    /** Returns whether a review is null or contains only the blanks that Spark's {@code trim} removes. */
    private static boolean isBlank(String review) {
        return review == null || review.chars().allMatch(character -> character == ' ');
    }

    private static Map<String, Percentiles> percentiles(List<Text> texts, ToIntFunction<Text> length) {
        Map<String, Percentiles> percentiles = new LinkedHashMap<>();
        for (String split : Splits.ALL) {
            int[] lengths = texts.stream()
                    .filter(text -> text.split.equals(split))
                    .mapToInt(length)
                    .sorted()
                    .toArray();
            if (lengths.length > 0) {
                percentiles.put(
                        split,
                        new Percentiles(
                                nearestRank(lengths, 0.5),
                                nearestRank(lengths, 0.9),
                                nearestRank(lengths, 0.99),
                                lengths[lengths.length - 1]));
            }
        }
        return percentiles;
    }

    private static int nearestRank(int[] sorted, double quantile) {
        return sorted[(int) Math.ceil(quantile * sorted.length) - 1];
    }

    private int ofPrompt(Text text) {
        if (tokenizer == null) {
            return text.contents.stream().mapToInt(this::ofText).sum();
        }
        return ofText(turns.render(text.messages()));
    }

    private int ofText(String text) {
        return tokenizer == null
                ? (int) Arrays.stream(text.split("\\s+"))
                        .filter(word -> !word.isEmpty())
                        .count()
                : tokenizer.encode(text).length;
    }

    @Override
    public void close() {
        if (tokenizer != null) {
            tokenizer.close();
        }
    }
}
