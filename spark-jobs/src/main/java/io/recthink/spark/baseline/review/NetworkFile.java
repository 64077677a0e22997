package io.recthink.spark.baseline.review;

import io.recthink.model.ElementType;
import io.recthink.model.SafetensorsReader;
import io.recthink.model.SafetensorsWriter;
import io.recthink.model.TensorInfo;
import io.recthink.review.ReviewNetwork;
import io.recthink.review.TrainedNetwork;
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
import org.apache.hadoop.conf.Configuration;

/** The values of a trained network in a safetensors file on any Hadoop file system. */
final class NetworkFile {
    private NetworkFile() {}

    /** Writes the values of each parameter. */
    static void write(
            String folder, String name, ReviewNetwork network, Map<String, float[]> values, Configuration hadoop) {
        List<TensorInfo> tensors = new ArrayList<>();
        network.shapes().forEach((parameter, shape) -> tensors.add(new TensorInfo(parameter, ElementType.F32, shape)));
        local(file -> {
            try (SafetensorsWriter writer = SafetensorsWriter.create(file, Map.of(), tensors)) {
                tensors.forEach(tensor -> writer.write(FloatBuffer.wrap(values.get(tensor.name()))));
            }
            Storage.at(folder, hadoop).upload(file, name);
        });
    }

    /** Reads a network. */
    static TrainedNetwork read(String folder, String name, ReviewNetwork network, Configuration hadoop) {
        Map<String, float[]> values = new LinkedHashMap<>();
        local(file -> {
            Storage.at(folder, hadoop).download(name, file);
            try (SafetensorsReader reader = SafetensorsReader.open(file)) {
                network.shapes().forEach((parameter, shape) -> {
                    int size = Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact));
                    float[] read = new float[size];
                    reader.read(parameter, FloatBuffer.wrap(read));
                    values.put(parameter, read);
                });
            }
        });
        return TrainedNetwork.of(network, values);
    }

    /** Work with a file that is removed afterwards. */
    private interface Work {
        void with(Path file);
    }

    private static void local(Work work) {
        try {
            Path file = Files.createTempFile("network", ".safetensors");
            try {
                work.with(file);
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
