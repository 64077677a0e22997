package io.recthink.spark.prepare;

import static org.apache.spark.sql.functions.array_join;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import io.recthink.prompt.PlainText;
import io.recthink.prompt.PromptSettings;
import io.recthink.spark.datacard.DataCard.Content;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;

/**
 * Surveys the optional columns of a log: how often they have a value, and which texts a prompt changes or cannot use.
 */
final class TextSurvey {
    private static final List<String> OF_REVIEWS = List.of("summary", "review");
    /** UTF-8 that was read as Latin-1 or as the Windows character set: é as Ã©, an apostrophe as â€™. */
    private static final Pattern MISREAD = Pattern.compile(
            "[\\u00C2\\u00C3\\u00D0\\u00D1][\\u0080-\\u00BF]|\\u00E2\\u20AC|\\u00E2\\u0080|\\u00EF\\u00BB\\u00BF");

    private static final UserDefinedFunction HTML =
            udf((UDF1<String, Boolean>) text -> text != null && PlainText.hasHtml(text), DataTypes.BooleanType);
    private static final UserDefinedFunction DAMAGED = udf(
            (UDF1<String, Boolean>) text -> text != null
                    && (text.indexOf('\uFFFD') >= 0 || MISREAD.matcher(text).find()),
            DataTypes.BooleanType);
    private static final UserDefinedFunction CHARACTERS = udf(
            (UDF1<String, Integer>) text -> {
                String plain = PlainText.of(text);
                return plain.codePointCount(0, plain.length());
            },
            DataTypes.IntegerType);

    private final Map<String, Integer> limits = new LinkedHashMap<>();
    private final List<String> mapped;

    /** @param mapped the optional columns that the log has */
    TextSurvey(PromptSettings prompt, List<String> mapped) {
        this.mapped = mapped;
        limits.put("summary", prompt.summaryCharacters());
        limits.put("review", prompt.reviewCharacters());
        limits.put("title", prompt.titleCharacters());
        limits.put("categories", prompt.categoriesCharacters());
        limits.put("brand", prompt.brandCharacters());
        limits.put("price", prompt.priceCharacters());
        limits.put("description", prompt.descriptionCharacters());
    }

    /** Returns the aggregates that the survey needs from a pass over the examples of {@link Figures#joined}. */
    List<Column> figures() {
        List<Column> figures = new ArrayList<>(figures("summary", col("ownSummary")));
        figures.addAll(figures("review", col("ownReview")));
        return figures;
    }

    /**
     * Surveys all texts.
     *
     * @param figures must include the aggregates of {@link #figures()}
     * @param examples itemId, target
     */
    Content of(Figures figures, Dataset<Row> examples) {
        Dataset<Row> items = examples.groupBy("itemId")
                .agg(first("target").as("target"), count(lit(1)).as("rows"))
                .select(
                        col("rows"),
                        col("target.title"),
                        array_join(col("target.categories"), ", ").as("categories"),
                        col("target.brand"),
                        col("target.price"),
                        col("target.description"));
        List<String> ofItems = limits.keySet().stream()
                .filter(name -> !OF_REVIEWS.contains(name))
                .toList();
        Column described = coalesce(ofItems.stream()
                        .map(name -> when(col(name).notEqual(""), col(name)))
                        .toArray(Column[]::new))
                .isNotNull();
        List<Column> asked = new ArrayList<>(List.of(
                count(when(described, true)).as("described"),
                coalesce(sum(when(described, col("rows"))), lit(0L)).as("describedRows"),
                sum("rows").as("rows")));
        ofItems.forEach(name -> asked.addAll(figures(name, col(name))));
        Row counted = items.agg(count(lit(1)).as("items"), asked.toArray(Column[]::new))
                .first();
        Counts counts = (figure, name) ->
                OF_REVIEWS.contains(name) ? figures.total(figure + name) : counted.<Long>getAs(figure + name);
        long itemRows = counted.getAs("items");
        long reviewRows = counted.getAs("rows");
        Map<String, Double> filled = new LinkedHashMap<>();
        for (String name : mapped) {
            long rows = OF_REVIEWS.contains(name) ? reviewRows : itemRows;
            filled.put(name, (double) counts.of("filled ", name) / rows);
        }
        return new Content(
                itemRows,
                counted.getAs("described"),
                counted.<Long>getAs("describedRows") / (double) reviewRows,
                filled,
                positive("html ", counts),
                positive("damaged ", counts),
                positive("long ", counts));
    }

    @FunctionalInterface
    private interface Counts {
        long of(String figure, String name);
    }

    private List<Column> figures(String name, Column column) {
        Column text = when(column.notEqual(""), column);
        return List.of(
                count(text).as("filled " + name),
                count(when(HTML.apply(text), true)).as("html " + name),
                count(when(DAMAGED.apply(text), true)).as("damaged " + name),
                count(when(text.isNotNull().and(CHARACTERS.apply(text).gt(limits.get(name))), true))
                        .as("long " + name));
    }

    /** Returns a count for each mapped column, without zero counts. */
    private Map<String, Long> positive(String figure, Counts counts) {
        Map<String, Long> figures = new LinkedHashMap<>();
        for (String name : mapped) {
            long count = counts.of(figure, name);
            if (count > 0) {
                figures.put(name, count);
            }
        }
        return figures;
    }
}
