package io.recthink.spark.sft;

import io.recthink.InvalidInputException;
import io.recthink.model.ModelFolder;
import io.recthink.model.ModelTokenizer;
import io.recthink.prompt.PromptEncoder;
import io.recthink.prompt.PromptSettings;
import io.recthink.prompt.PromptTemplate;
import io.recthink.spark.completion.ContextRoom;
import io.recthink.spark.table.Examples;
import io.recthink.spark.table.PreparedData;
import java.nio.file.Path;
import java.util.Iterator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;

/** Refuses traces that do not fit the model's context together with their prompts, before a run begins. */
final class TraceRoom {
    private static final String SHORTER = "shorten the traces (teacher.rule.detail=terse)";

    private final ContextRoom room;
    private final PromptEncoder encoder;
    private final int maxPrompt;

    private TraceRoom(ContextRoom room, PromptEncoder encoder, int maxPrompt) {
        this.room = room;
        this.encoder = encoder;
        this.maxPrompt = maxPrompt;
    }

    /**
     * Checks all traces. Encodes their prompts only when the longest trace and the longest allowed prompt do not fit
     * together.
     *
     * @param traces as from {@link TraceTable#read}
     * @param model folder of the model on this machine
     * @throws InvalidInputException naming a trace that does not fit, and the settings with which all traces fit
     */
    static void require(Dataset<Row> traces, Path model, PromptSettings settings, PreparedData data) {
        try (ModelFolder folder = ModelFolder.open(model);
                ModelTokenizer tokenizer = folder.tokenizer()) {
            PromptEncoder encoder = new PromptEncoder(
                    new PromptTemplate(settings, data.minRating(), data.maxRating()),
                    tokenizer,
                    folder.chatTemplate(settings.template()),
                    settings.maxTokens());
            new TraceRoom(new ContextRoom(folder.config().maxPositions()), encoder, settings.maxTokens())
                    .require(traces);
        }
    }

    private void require(Dataset<Row> traces) {
        int longest = 0;
        Iterator<String> completions =
                traces.select("completion").as(Encoders.STRING()).toLocalIterator();
        while (completions.hasNext()) {
            longest = Math.max(longest, tokens(completions.next()));
        }
        if (!room.holds(maxPrompt, longest)) {
            requireWithPrompts(traces, longest);
        }
    }

    private void requireWithPrompts(Dataset<Row> traces, int longest) {
        Iterator<Row> rows = traces.toLocalIterator();
        while (rows.hasNext()) {
            Row row = rows.next();
            int prompt = encoder.encode(Examples.input(row)).length;
            int trace = tokens(row.getAs("completion"));
            if (!room.holds(prompt, trace)) {
                throw new InvalidInputException(
                        "paths.traces: the prompt of row %s has %d tokens (prompt.maxTokens is %d) and its trace %d, which do not fit the model's context of %d tokens. %s"
                                .formatted(
                                        row.<String>getAs("rowId"),
                                        prompt,
                                        maxPrompt,
                                        trace,
                                        room.positions(),
                                        room.remedy(longest, SHORTER)));
            }
        }
    }

    /** The number of tokens, with the end token. */
    private int tokens(String completion) {
        return encoder.encodeAnswer(completion).length + 1;
    }
}
