package io.recthink.spark.baseline.review;

import io.recthink.model.ElementType;
import io.recthink.model.SafetensorsReader;
import io.recthink.model.SafetensorsWriter;
import io.recthink.model.TensorInfo;
import io.recthink.spark.files.FileEntry;
import io.recthink.spark.files.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Tensors in a safetensors file on any Hadoop file system. */
final class TensorFile {
    private TensorFile() {}

    /** The number of elements of a tensor. */
    static int size(List<Long> shape) {
        return Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact));
    }

    /**
     * Writes tensors.
     *
     * @param shapes by name, in the order of the file
     */
    static FileEntry write(Storage storage, String name, Map<String, List<Long>> shapes, Map<String, float[]> values) {
        List<TensorInfo> tensors = new ArrayList<>();
        shapes.forEach((tensor, shape) -> tensors.add(new TensorInfo(tensor, ElementType.F32, shape)));
        return local(file -> {
            try (SafetensorsWriter writer = SafetensorsWriter.create(file, Map.of(), tensors)) {
                tensors.forEach(tensor -> writer.write(FloatBuffer.wrap(values.get(tensor.name()))));
            }
            return storage.upload(file, name);
        });
    }

    /** Reads tensors of known shapes. */
    static Map<String, float[]> read(Storage storage, String name, Map<String, List<Long>> shapes) {
        return local(file -> {
            storage.download(name, file);
            Map<String, float[]> values = new LinkedHashMap<>();
            try (SafetensorsReader reader = SafetensorsReader.open(file)) {
                shapes.forEach((tensor, shape) -> {
                    float[] elements = new float[size(shape)];
                    reader.read(tensor, FloatBuffer.wrap(elements));
                    values.put(tensor, elements);
                });
            }
            return values;
        });
    }

    /** Works with a local file, which is removed afterwards. */
    private static <T> T local(Function<Path, T> work) {
        try {
            Path file = Files.createTempFile("tensors", ".safetensors");
            try {
                return work.apply(file);
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
