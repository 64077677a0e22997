package io.recthink.spark.teacher;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.InvalidInputException;
import io.recthink.spark.StoppedException;
import io.recthink.spark.files.LiteralPath;
import io.recthink.spark.files.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The files of the kind {@code batch-file}, in the format of OpenAI's batch interface:
 *
 * <pre>
 * batch/N.jsonl            requests: custom_id (the identity of the request), method, url, body
 * batch/N.answers.jsonl    answers: custom_id, response {status_code, body}, error; another program writes this file
 * </pre>
 */
final class BatchFiles {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_LINES = 50_000;
    private static final String URL = "/v1/chat/completions";
    private static final String REQUESTS = ".jsonl";
    private static final String ANSWERS = ".answers.jsonl";
    private static final Pattern NUMBER = Pattern.compile("(\\d{1,9})(\\.answers)?\\.jsonl");

    private static final String[] SAME_ID = {"sha256"};

    private static final StructType LINES =
            new StructType().add("sha256", DataTypes.StringType, false).add("line", DataTypes.StringType, false);

    private final SparkSession spark;
    private final Storage storage;

    /** @param folder resolved path of {@code paths.teacher} */
    BatchFiles(SparkSession spark, String folder) {
        this.spark = spark;
        this.storage = Storage.at(folder + "/batch", spark.sparkContext().hadoopConfiguration());
    }

    /**
     * The lines of all answers, with the columns {@code sha256} and {@code line}. Prints what is missing in a file of
     * answers, and what belongs to no request.
     *
     * @throws InvalidInputException when a file of answers belongs to no file of requests, or answers none of them
     */
    Dataset<Row> answers() {
        NavigableSet<Integer> answered = numbers(ANSWERS);
        answered.forEach(this::check);
        return lines(answered, ANSWERS);
    }

    private void check(int number) {
        String answers = number + ANSWERS;
        if (!storage.exists(number + REQUESTS)) {
            throw new InvalidInputException(
                    "%s has no file of requests %d%s beside it. Give it the number of the requests that it answers, or remove it."
                            .formatted(storage.path(answers), number, REQUESTS));
        }
        Dataset<Row> asked = lines(List.of(number), REQUESTS);
        Dataset<Row> given = lines(List.of(number), ANSWERS);
        long unknown = given.join(asked, SAME_ID, "left_anti").count();
        long missing = asked.join(given, SAME_ID, "left_anti").count();
        long requests = asked.count();
        if (missing == requests) {
            throw new InvalidInputException(
                    "%s answers none of the %d requests of %d%s. It belongs to other requests: remove it, or name it by their number."
                            .formatted(storage.path(answers), requests, number, REQUESTS));
        }
        if (unknown > 0) {
            System.out.printf(
                    "WARNING: %s has %d lines that belong to no request of %d%s; they are ignored.%n",
                    storage.path(answers), unknown, number, REQUESTS);
        }
        if (missing > 0) {
            System.out.printf(
                    "%s has no answer to %d of %d requests; they are asked again.%n",
                    storage.path(answers), missing, requests);
        }
    }

    /**
     * Writes the requests that no file waits for, and stops the command.
     *
     * @param missing questions without an answer
     * @return the end of the command, which waits for answers
     */
    StoppedException ask(Dataset<Row> missing, String command) {
        NavigableSet<Integer> waiting = numbers(REQUESTS);
        waiting.removeAll(numbers(ANSWERS));
        Dataset<Row> fresh = waiting.isEmpty()
                ? missing
                : missing.join(lines(waiting, REQUESTS).select("sha256"), SAME_ID, "left_anti");
        write(fresh.orderBy("sha256").toLocalIterator()).forEach(waiting::add);
        return new StoppedException(
                ("%s waits for answers to %d requests: %s in %s. Have them answered, for example by `vllm run-batch -i N%s -o N%s`,"
                                + " leave the answers beside the requests, and start the same command again.")
                        .formatted(
                                command,
                                missing.count(),
                                waiting.stream()
                                        .map(number -> number + REQUESTS)
                                        .collect(Collectors.joining(", ")),
                                storage.path(""),
                                REQUESTS,
                                ANSWERS));
    }

    private List<Integer> write(Iterator<Row> questions) {
        List<Integer> written = new ArrayList<>();
        int next = Math.max(last(REQUESTS), last(ANSWERS)) + 1;
        while (questions.hasNext()) {
            try {
                Path file = Files.createTempFile("recthink-batch", REQUESTS);
                try {
                    write(questions, file);
                    storage.upload(file, next + REQUESTS);
                } finally {
                    Files.delete(file);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            written.add(next++);
        }
        return written;
    }

    private static void write(Iterator<Row> questions, Path file) throws IOException {
        try (Writer lines = Files.newBufferedWriter(file)) {
            for (int i = 0; i < MOST_LINES && questions.hasNext(); i++) {
                Question question = Question.of(questions.next());
                lines.write("{\"custom_id\":\"%s\",\"method\":\"POST\",\"url\":\"%s\",\"body\":%s}\n"
                        .formatted(question.sha256(), URL, question.body()));
            }
        }
    }

    private int last(String ending) {
        NavigableSet<Integer> numbers = numbers(ending);
        return numbers.isEmpty() ? 0 : numbers.last();
    }

    /** The numbers of the files with an ending, ascending. */
    private NavigableSet<Integer> numbers(String ending) {
        NavigableSet<Integer> numbers = new TreeSet<>();
        storage.list("").forEach(file -> {
            String name = file.getPath().getName();
            Matcher number = NUMBER.matcher(name);
            if (number.matches() && name.equals(number.group(1) + ending)) {
                numbers.add(Integer.parseInt(number.group(1)));
            }
        });
        return numbers;
    }

    /** One line for each id. */
    private Dataset<Row> lines(Iterable<Integer> numbers, String ending) {
        List<String> files = new ArrayList<>();
        numbers.forEach(
                number -> files.add(LiteralPath.of(storage.path(number + ending).toString())));
        return files.isEmpty()
                ? spark.createDataFrame(List.of(), LINES)
                : spark.read()
                        .text(files.toArray(String[]::new))
                        .mapPartitions((MapPartitionsFunction<Row, Row>) BatchFiles::parsed, Encoders.row(LINES))
                        .dropDuplicates("sha256");
    }

    private static Iterator<Row> parsed(Iterator<Row> lines) {
        List<Row> parsed = new ArrayList<>();
        lines.forEachRemaining(row -> {
            String line = row.getString(0);
            if (!line.isBlank()) {
                parsed.add(RowFactory.create(id(line), line));
            }
        });
        return parsed.iterator();
    }

    private static String id(String line) {
        try {
            JsonNode id = JSON.readTree(line).path("custom_id");
            if (id.isTextual()) {
                return id.textValue();
            }
        } catch (JsonProcessingException e) {
            // the same remedy as for a line without an id
        }
        throw new InvalidInputException(
                "A batch file has a line that is no JSON object with a custom_id: %s. Copy the file again."
                        .formatted(line.length() > 80 ? line.substring(0, 80) + " ..." : line));
    }
}
