package io.recthink.torch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Packs kernel text into a TorchScript archive, which {@code torch.jit.load} reads without Python. The archive is an
 * uncompressed ZIP with the format version, a pickle of one object of class {@code __torch__.Kernels}, and the text of
 * the class. Source: <a href="https://github.com/pytorch/pytorch/blob/v2.7.1/torch/csrc/jit/docs/serialization.md">the
 * TorchScript serialisation format</a>.
 */
final class KernelArchive {
    private static final String ROOT = "kernels/";
    private static final String FORMAT_VERSION = "10\n";

    private KernelArchive() {}

    /** Returns the archive of one class with the given methods. */
    static byte[] of(String methods) {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            add(zip, "data.pkl", instance());
            add(zip, "code/__torch__.py", classText(methods).getBytes(StandardCharsets.UTF_8));
            add(zip, "constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
            add(zip, "version", FORMAT_VERSION.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new IllegalStateException("Cannot pack the kernels", e);
        }
        return bytes.toByteArray();
    }

    private static String classText(String methods) {
        return "class Kernels(Module):\n"
                + "  __parameters__ = []\n"
                + "  __buffers__ = []\n"
                + "  training : bool\n"
                + methods.replaceAll("(?m)^(def \\w+)\\(self", "$1(self: __torch__.Kernels")
                        .indent(2);
    }

    /** A protocol-2 pickle of {@code Kernels()} with the state {@code {"training": False}}. */
    private static byte[] instance() {
        var pickle = new ByteArrayOutputStream();
        pickle.writeBytes(new byte[] {(byte) 0x80, 2});
        pickle.writeBytes("c__torch__\nKernels\n)".getBytes(StandardCharsets.US_ASCII));
        pickle.writeBytes(new byte[] {(byte) 0x81, '}', '(', 'X', 8, 0, 0, 0});
        pickle.writeBytes("training".getBytes(StandardCharsets.US_ASCII));
        pickle.writeBytes(new byte[] {(byte) 0x89, 'u', 'b', '.'});
        return pickle.toByteArray();
    }

    private static void add(ZipOutputStream zip, String name, byte[] content) throws IOException {
        var crc = new CRC32();
        crc.update(content);
        var entry = new ZipEntry(ROOT + name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCompressedSize(content.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
