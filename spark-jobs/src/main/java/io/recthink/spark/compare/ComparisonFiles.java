package io.recthink.spark.compare;

import io.recthink.config.Configuration;
import io.recthink.spark.evaluate.Comparison;
import io.recthink.spark.evaluate.EvaluationRequest;
import io.recthink.spark.files.TextFile;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;

/** Prints a comparison and writes it to one file for each format. */
public final class ComparisonFiles {
    private final SparkSession spark;
    private final Configuration configuration;
    private final EvaluationRequest request;
    private final String folder;
    private final Optional<Lead> lead;

    /**
     * Writes to a folder.
     *
     * @param configuration configuration of the job, for the run card
     * @param request input of the evaluation
     * @param folder the folder of the files
     * @param lead first part of the page; empty for a page about the comparison itself
     */
    public ComparisonFiles(
            SparkSession spark,
            Configuration configuration,
            EvaluationRequest request,
            String folder,
            Optional<Lead> lead) {
        this.spark = spark;
        this.configuration = configuration;
        this.request = request;
        this.folder = folder;
        this.lead = lead;
    }

    /**
     * Writes comparison.csv, .json, .md, .tex and .html, mae.svg, rmse.svg, slices.csv, calibration.csv, focus.csv
     * (with a focus system) and run-card.json, and prints the tables. Replaces existing files.
     */
    public void write(Comparison comparison) {
        ComparisonTables tables = new ComparisonTables(comparison);
        ComparisonData data = new ComparisonData(comparison);
        file("comparison.csv", data.csv());
        file("comparison.json", data.json());
        file("comparison.md", markdown(comparison, tables));
        file("comparison.tex", tables.main().latex());
        ErrorPlots plots = new ErrorPlots(comparison);
        file("mae.svg", plots.svg(plots.mae(), "MAE"));
        file("rmse.svg", plots.svg(plots.rmse(), "RMSE"));
        file("slices.csv", data.slicesCsv());
        file("calibration.csv", data.calibrationCsv());
        if (comparison.focus().isPresent()) {
            file("focus.csv", data.focusCsv());
        }
        RunCard card = RunCard.of(spark, configuration, request, comparison.origins(), comparison.notes());
        file("run-card.json", card.json());
        List<Learning> learning =
                Learning.of(comparison.origins(), spark.sparkContext().hadoopConfiguration());
        file("comparison.html", new ComparisonPage(comparison, card, learning, lead).html());
        System.out.print(console(comparison, tables));
        System.out.println("All numbers and pictures: " + folder + "/comparison.html");
    }

    static String console(Comparison comparison, ComparisonTables tables) {
        StringBuilder text = new StringBuilder(tables.main().console());
        text.append('\n').append(tables.details().console());
        tables.notes().forEach(note -> text.append(note).append('\n'));
        if (!comparison.costs().isEmpty()) {
            text.append('\n').append(tables.costs().console());
        }
        if (!tables.trainings().rows().isEmpty()) {
            text.append('\n').append(tables.trainings().console());
        }
        if (!comparison.seeds().isEmpty()) {
            text.append('\n').append(tables.seeds().console());
        }
        if (comparison.focus().isPresent()) {
            text.append('\n')
                    .append(tables.focusTitle())
                    .append(":\n")
                    .append(tables.focus().console());
        }
        return text.toString();
    }

    static String markdown(Comparison comparison, ComparisonTables tables) {
        StringBuilder text = new StringBuilder(tables.main().markdown());
        text.append('\n').append(tables.details().markdown()).append('\n');
        text.append(tables.notes().stream()
                .map(note -> note.replace("*", "\\*"))
                .collect(Collectors.joining("  \n", "", "  \n")));
        if (!comparison.costs().isEmpty()) {
            text.append('\n').append(tables.costs().markdown());
        }
        if (!tables.trainings().rows().isEmpty()) {
            text.append('\n').append(tables.trainings().markdown());
        }
        if (!comparison.seeds().isEmpty()) {
            text.append('\n').append(tables.seeds().markdown());
        }
        if (comparison.focus().isPresent()) {
            text.append('\n')
                    .append(tables.focusTitle())
                    .append(":\n\n")
                    .append(tables.focus().markdown());
        }
        for (String group : tables.sliceGroups()) {
            text.append("\nMAE by ")
                    .append(group)
                    .append(":\n\n")
                    .append(tables.slices(group).markdown());
        }
        return text.toString();
    }

    private void file(String name, String text) {
        TextFile.write(
                "paths.table", folder + "/" + name, text, spark.sparkContext().hadoopConfiguration());
    }
}
