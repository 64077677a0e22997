package io.recthink.spark.gradient;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import org.apache.spark.serializer.DeserializationStream;
import org.apache.spark.serializer.SerializationStream;
import org.apache.spark.serializer.Serializer;
import org.apache.spark.serializer.SerializerInstance;
import scala.reflect.ClassTag;

/**
 * Serializes the pairs of key and {@link GradientPart} in the shuffle of a gradient. A chunk is written as its
 * partition, its length and its numbers (big-endian), copied in pieces. A general serializer takes three times as long
 * for the numbers. Pairs do not refer to each other, so Spark can move them as bytes.
 */
final class GradientPartSerializer extends Serializer implements java.io.Serializable {
    private static final int PIECE = 1 << 14; // numbers
    private static final int NO_CHUNK = -1; // written in place of a chunk's partition

    @Override
    public SerializerInstance newInstance() {
        return new Instance();
    }

    @Override
    public boolean supportsRelocationOfSerializedObjects() {
        return true;
    }

    private static final class Instance extends SerializerInstance {
        @Override
        public SerializationStream serializeStream(OutputStream out) {
            return new Writer(new DataOutputStream(out));
        }

        @Override
        public DeserializationStream deserializeStream(InputStream in) {
            return new Reader(new DataInputStream(in));
        }

        @Override
        public <T> ByteBuffer serialize(T value, ClassTag<T> tag) {
            throw streamsOnly();
        }

        @Override
        public <T> T deserialize(ByteBuffer bytes, ClassTag<T> tag) {
            throw streamsOnly();
        }

        @Override
        public <T> T deserialize(ByteBuffer bytes, ClassLoader loader, ClassTag<T> tag) {
            throw streamsOnly();
        }

        private static UnsupportedOperationException streamsOnly() {
            return new UnsupportedOperationException("shuffles write and read streams");
        }
    }

    private static final class Writer extends SerializationStream {
        private final DataOutputStream out;
        private final ByteBuffer piece = ByteBuffer.allocate(Float.BYTES * PIECE);

        Writer(DataOutputStream out) {
            this.out = out;
        }

        @Override
        public <T> SerializationStream writeObject(T value, ClassTag<T> tag) {
            try {
                if (value instanceof Integer key) {
                    out.writeInt(key);
                } else if (value instanceof GradientPart.Chunk chunk) {
                    write(chunk);
                } else {
                    out.writeInt(NO_CHUNK);
                    ObjectOutputStream objects = new ObjectOutputStream(out);
                    objects.writeObject(value);
                    objects.flush();
                }
                return this;
            } catch (IOException e) {
                throw unchecked(e);
            }
        }

        private void write(GradientPart.Chunk chunk) throws IOException {
            float[] values = chunk.values();
            out.writeInt(chunk.partition());
            out.writeInt(values.length);
            FloatBuffer numbers = piece.asFloatBuffer();
            for (int done = 0; done < values.length; done += PIECE) {
                int count = Math.min(PIECE, values.length - done);
                numbers.clear().put(values, done, count);
                out.write(piece.array(), 0, Float.BYTES * count);
            }
        }

        @Override
        public void flush() {
            run(out::flush);
        }

        @Override
        public void close() {
            run(out::close);
        }
    }

    private static final class Reader extends DeserializationStream {
        private final DataInputStream in;
        private final ByteBuffer piece = ByteBuffer.allocate(Float.BYTES * PIECE);
        private boolean atKey = true;

        Reader(DataInputStream in) {
            this.in = in;
        }

        @Override
        @SuppressWarnings("unchecked") // the reader gets the types that the writer wrote
        public <T> T readObject(ClassTag<T> tag) {
            try {
                Object value = atKey ? (Object) in.readInt() : part(in.readInt());
                atKey = !atKey;
                return (T) value;
            } catch (IOException e) {
                throw unchecked(e);
            }
        }

        private GradientPart part(int partition) throws IOException {
            if (partition == NO_CHUNK) {
                try {
                    return (GradientPart) new ObjectInputStream(in).readObject();
                } catch (ClassNotFoundException e) {
                    throw new IllegalStateException(e);
                }
            }
            float[] values = new float[in.readInt()];
            FloatBuffer numbers = piece.asFloatBuffer();
            for (int done = 0; done < values.length; done += PIECE) {
                int count = Math.min(PIECE, values.length - done);
                in.readFully(piece.array(), 0, Float.BYTES * count);
                numbers.clear().get(values, done, count);
            }
            return new GradientPart.Chunk(partition, values);
        }

        @Override
        public void close() {
            run(in::close);
        }
    }

    private interface Action {
        void run() throws IOException;
    }

    private static void run(Action action) {
        try {
            action.run();
        } catch (IOException e) {
            throw unchecked(e);
        }
    }

    /**
     * Throws the checked exception itself: Spark uses it for the end of a stream and for files lost with an executor.
     */
    @SuppressWarnings("unchecked")
    private static <E extends Throwable> RuntimeException unchecked(IOException exception) throws E {
        throw (E) exception;
    }
}
