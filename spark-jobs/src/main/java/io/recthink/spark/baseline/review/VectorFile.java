package io.recthink.spark.baseline.review;

import io.recthink.InvalidInputException;
import io.recthink.review.TokenStream;
import io.recthink.spark.files.Storage;
import io.recthink.spark.files.TextFile;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * A text file of word vectors, also compressed by gzip: a line a word, with its numbers. The form of word2vec begins
 * with a line of two numbers, the words and the numbers of a vector; that of GloVe does not. The file is read as a
 * stream; only vectors of known words are kept.
 */
final class VectorFile {
    private static final String KEY = "review.vectors.path: ";
    private static final Pattern BLANKS = Pattern.compile("[ \\t]+");
    private static final int GZIP_FIRST = 0x1f;
    private static final int GZIP_SECOND = 0x8b;
    private static final long MOST_CHARACTERS = 1 << 20; // a longer line is no text

    private final String path;
    private final int dimension;
    private final Map<String, Integer> places = new HashMap<>();
    private final float[] vectors;
    private int found;

    private VectorFile(String path, Vocabulary vocabulary, int dimension) {
        this.path = path;
        this.dimension = dimension;
        this.vectors = new float[Math.multiplyExact(vocabulary.size(), dimension)];
        Arrays.fill(vectors, Float.NaN);
        for (int i = 0; i < vocabulary.words().size(); i++) {
            places.put(vocabulary.words().get(i).word(), (TokenStream.FIRST_WORD + i) * dimension);
        }
    }

    /**
     * The vectors of the known words, by token; NaN where the file has none. The first vector of a word counts.
     *
     * @throws InvalidInputException when the file cannot be read, is no text of this form, has vectors of another
     *     dimension, or none of a known word
     */
    static float[] read(String path, Vocabulary vocabulary, int dimension, Configuration hadoop) {
        VectorFile file = new VectorFile(path, vocabulary, dimension);
        try (InputStream raw =
                        TextFile.raw(new Path(path).getFileSystem(hadoop)).open(new Path(path));
                BufferedReader lines = lines(raw)) {
            file.read(lines);
        } catch (CharacterCodingException e) {
            throw new InvalidInputException(
                    KEY + path + " is not UTF-8 text; vectors in binary form or another encoding are not read: convert"
                            + " them to text in UTF-8",
                    e);
        } catch (IOException | IllegalArgumentException e) {
            throw new InvalidInputException(KEY + path + " cannot be read: " + e.getMessage(), e);
        }
        if (file.found == 0) {
            throw new InvalidInputException(KEY
                    + "%s has no vector of any of the %,d words of the train reviews; words are in lower case"
                            .formatted(path, vocabulary.words().size()));
        }
        return file.vectors;
    }

    private static BufferedReader lines(InputStream raw) throws IOException {
        BufferedInputStream begin = new BufferedInputStream(raw, 1 << 16);
        begin.mark(2);
        boolean gzip = begin.read() == GZIP_FIRST && begin.read() == GZIP_SECOND;
        begin.reset();
        return new BufferedReader(
                new InputStreamReader(
                        gzip ? new GZIPInputStream(begin, 1 << 16) : begin,
                        StandardCharsets.UTF_8
                                .newDecoder()
                                .onMalformedInput(CodingErrorAction.REPORT)
                                .onUnmappableCharacter(CodingErrorAction.REPORT)),
                1 << 16);
    }

    private void read(BufferedReader lines) throws IOException {
        String first = lines.readLine();
        if (first == null) {
            throw new InvalidInputException(KEY + path + " is empty");
        }
        int number = 1;
        String[] head = BLANKS.splitAsStream(first.strip()).toArray(String[]::new);
        if (head.length == 2 && head[0].matches("\\d+") && head[1].matches("\\d+")) {
            requireDimension(Integer.parseInt(head[1]));
        } else {
            requireDimension(head.length - 1);
            line(first, number);
        }
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            number++;
            if (!line.isBlank()) {
                line(line, number);
            }
        }
    }

    private void requireDimension(int size) {
        if (size != dimension) {
            throw new InvalidInputException(KEY
                    + "%s has vectors of %d numbers, and review.wordDimension is %d; set it to %d or name another file"
                            .formatted(path, size, dimension, size));
        }
    }

    private void line(String line, int number) {
        if (line.length() > MOST_CHARACTERS) {
            throw bad(number, "is longer than a million characters");
        }
        String[] fields = BLANKS.splitAsStream(line.strip()).toArray(String[]::new);
        if (fields.length <= dimension) {
            throw bad(number, "has %d numbers in place of %d".formatted(fields.length - 1, dimension));
        }
        // Some published files have words with blanks.
        int begin = fields.length - dimension;
        String word = String.join(" ", Arrays.asList(fields).subList(0, begin));
        Integer place = places.get(word);
        if (place != null && Float.isNaN(vectors[place])) {
            for (int i = 0; i < dimension; i++) {
                vectors[place + i] = number(fields[begin + i], number);
            }
            found++;
        }
    }

    private float number(String text, int line) {
        try {
            float value = Float.parseFloat(text);
            if (Float.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw bad(line, "has \"%s\" in place of a number".formatted(text));
        }
        throw bad(line, "has the number " + text);
    }

    private InvalidInputException bad(int line, String what) {
        return new InvalidInputException(KEY + "%s: line %d %s".formatted(path, line, what));
    }

    /** SHA-256 of the file, as part of what results depend on. */
    static String sha256(String path, Configuration hadoop) {
        try {
            Path file = new Path(path).getFileSystem(hadoop).makeQualified(new Path(path));
            return Storage.at(file.getParent().toString(), hadoop)
                    .entry(file.getName())
                    .sha256();
        } catch (IOException | IllegalArgumentException | InvalidInputException e) {
            throw new InvalidInputException(KEY + path + " cannot be read: " + e.getMessage(), e);
        }
    }
}
