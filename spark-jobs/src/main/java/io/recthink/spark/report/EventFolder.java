package io.recthink.spark.report;

import io.recthink.InvalidInputException;
import io.recthink.spark.files.Storage;
import io.recthink.spark.run.Manifest;
import io.recthink.spark.run.RunFolder;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;

/**
 * A folder of event files for TensorBoard. Each call adds one file with the steps that the folder does not have; their
 * names tell which these are. TensorBoard reads the files of a folder in the order of their names.
 */
final class EventFolder {
    private static final Pattern FILE = Pattern.compile("events\\.out\\.tfevents\\.(\\d+)\\.recthink\\.\\d+-(\\d+)");
    private static final double MILLISECONDS = 1000;

    private final Storage storage;

    EventFolder(String path, Configuration hadoop) {
        storage = Storage.at(path, hadoop);
    }

    /** Adds the complete steps of a run that the folder lacks. */
    void add(RunFolder run) {
        long begun = Instant.parse(run.description().created()).getEpochSecond();
        List<Manifest> steps = run.manifests(last(begun));
        if (steps.isEmpty()) {
            return;
        }
        EventFile file = new EventFile(begun);
        for (Manifest step : steps) {
            run.numbers(step.step())
                    .ifPresent(numbers ->
                            file.add(step.step(), run.completed(step.step()).toEpochMilli() / MILLISECONDS, numbers));
        }
        storage.write(
                String.format(
                        Locale.ROOT,
                        "events.out.tfevents.%010d.recthink.%06d-%06d",
                        begun,
                        steps.get(0).step(),
                        steps.get(steps.size() - 1).step()),
                file.content());
    }

    /** The newest step that the folder has of the run that began then. */
    private int last(long begun) {
        int last = -1;
        for (FileStatus file : storage.listAll("")) {
            Matcher found = FILE.matcher(file.getPath().getName());
            if (found.matches()) {
                if (Long.parseLong(found.group(1)) != begun) {
                    throw new InvalidInputException(
                            "--tensorboard: %s has the events of another run (%s); name a folder of its own"
                                    .formatted(storage.path(""), file.getPath().getName()));
                }
                last = Math.max(last, Integer.parseInt(found.group(2)));
            }
        }
        return last;
    }
}
