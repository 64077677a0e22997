package io.recthink.spark.baseline.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VectorFileTest {
    private static final Vocabulary VOCABULARY = new Vocabulary(List.of(
            new Vocabulary.Word("guitar", 9, 3),
            new Vocabulary.Word("größe", 5, 3),
            new Vocabulary.Word("rare", 1, 1)));
    private static final float NONE = Float.NaN;
    private static final float[] FOUND = {NONE, NONE, NONE, NONE, 1.5f, -2, 0.25f, 3, NONE, NONE};

    @TempDir
    private Path folder;

    private float[] read(byte[] content) throws IOException {
        Path file = Files.write(folder.resolve("vectors.txt"), content);
        return VectorFile.read(file.toString(), VOCABULARY, 2, new Configuration());
    }

    private float[] read(String content) throws IOException {
        return read(content.getBytes(StandardCharsets.UTF_8));
    }

    private AbstractThrowableAssert<?, ? extends Throwable> refused(String content) {
        return assertThatThrownBy(() -> read(content)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void word2vecBeginsWithTheNumbersOfWordsAndNumbers() throws IOException {
        assertThat(read("3 2\nguitar 1.5 -2e0\nother 7 7\ngröße 0.25 3\n")).isEqualTo(FOUND);
    }

    @Test
    void gloveDoesNot() throws IOException {
        assertThat(read("guitar 1.5 -2\nother 7 7\ngröße 0.25 3")).isEqualTo(FOUND);
        assertThat(read("guitar 1.5 -2 \r\ngröße\t0.25 3\r\n\r\n")).isEqualTo(FOUND);
    }

    @Test
    void gzipIsFoundByItsContent() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write("3 2\nguitar 1.5 -2\ngröße 0.25 3\n".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(read(bytes.toByteArray())).isEqualTo(FOUND);
    }

    @Test
    void theFirstVectorOfAWordCountsAndWordsMayHaveBlanks() throws IOException {
        assertThat(read("guitar 1.5 -2\nguitar 9 9\n. . . 1 2\ngröße 0.25 3\nGuitar 8 8\n"))
                .isEqualTo(FOUND);
    }

    @Test
    void anotherDimensionIsRefused() {
        refused("2 3\nguitar 1 2 3\n")
                .hasMessage("review.vectors.path: " + folder.resolve("vectors.txt")
                        + " has vectors of 3 numbers, and review.wordDimension is 2; set it to 3 or name another file");
        refused("guitar 1 2 3\n").hasMessageContaining("has vectors of 3 numbers");
        refused("guitar 1 2\nother 3\n").hasMessageEndingWith("line 2 has 1 numbers in place of 2");
    }

    @Test
    void whatIsNoTextOfVectorsIsRefused() {
        assertThatThrownBy(() -> read("guitar 1 2\ngröße 3 4\n".getBytes(StandardCharsets.ISO_8859_1)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("is not UTF-8 text");
        assertThatThrownBy(() -> read(new byte[] {'2', ' ', '2', '\n', 'g', ' ', (byte) 0xc3, 0, 1, (byte) 0x9c}))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("is not UTF-8 text");
        refused("").hasMessageContaining("is empty");
        refused("guitar 1 two\n").hasMessageEndingWith("line 1 has \"two\" in place of a number");
        refused("2 2\nguitar 1 NaN\n").hasMessageEndingWith("line 2 has the number NaN");
        refused("other 1 2\n").hasMessageContaining("has no vector of any of the 3 words");
        assertThatThrownBy(() -> VectorFile.read(folder + "/none.txt", VOCABULARY, 2, new Configuration()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("cannot be read");
        assertThatThrownBy(() -> read(new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0}))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("cannot be read");
    }
}
