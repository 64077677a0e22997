package io.recthink.model;

import io.recthink.InvalidInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The files into which llama.cpp's gguf-split has cut a model: {@code NAME-00001-of-00003.gguf} and so on. The first
 * file has the metadata; each file has some of the tensors.
 *
 * @param files all files, in their order
 */
record GgufParts(List<Path> files) {
    static final String COUNT = "split.count";

    private static final String NUMBER = "split.no";
    private static final String TENSORS = "split.tensors.count";
    private static final Pattern NAME = Pattern.compile("(.*-)(\\d{5})-of-(\\d{5})(\\.gguf)");
    private static final String REMEDY =
            "; put all parts into one folder under their own names, or join them by llama-gguf-split --merge";

    GgufParts {
        files = List.copyOf(files);
    }

    /**
     * Finds all parts of a model from one of them.
     *
     * @throws InvalidInputException if the file's name is not the name of a part, or a part is missing
     */
    static GgufParts of(Path file, GgufReader part) {
        int count = part.required(COUNT, part.findInteger(COUNT));
        Matcher name = NAME.matcher(file.getFileName().toString());
        if (count < 1 || !name.matches() || Integer.parseInt(name.group(3)) != count) {
            throw part.problem("is one of " + count + " parts of a model, but its name does not end in -00001-of-"
                    + "%05d.gguf".formatted(count) + " or alike" + REMEDY);
        }
        List<Path> files = IntStream.rangeClosed(1, count)
                .mapToObj(number -> file.resolveSibling(
                        String.format(Locale.ROOT, "%s%05d-of-%05d%s", name.group(1), number, count, name.group(4))))
                .toList();
        for (Path each : files) {
            if (!Files.isRegularFile(each)) {
                throw part.problem(
                        "is one of " + count + " parts of a model, and " + each.getFileName() + " is missing" + REMEDY);
            }
        }
        return new GgufParts(files);
    }

    /** Refuses parts whose metadata do not match their names or their number of tensors. */
    void check(List<GgufReader> parts) {
        int tensors = 0;
        for (int number = 0; number < parts.size(); number++) {
            GgufReader part = parts.get(number);
            requireEqual(part, COUNT, parts.size());
            requireEqual(part, NUMBER, number);
            tensors += part.tensors().size();
        }
        requireEqual(parts.get(0), TENSORS, tensors);
    }

    private static void requireEqual(GgufReader part, String key, int expected) {
        int found = part.required(key, part.findInteger(key));
        if (found != expected) {
            throw part.problem(key + " is " + found + ", but the existing parts make it " + expected + REMEDY);
        }
    }
}
