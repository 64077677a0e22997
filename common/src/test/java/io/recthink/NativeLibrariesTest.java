package io.recthink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibrariesTest {
    @TempDir
    private Path temporary;

    @Test
    void theFolderBelongsToTheUserAlone() throws IOException {
        Path folder = NativeLibraries.ownFolder(temporary);
        assertThat(folder.getParent()).isEqualTo(temporary);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                .isEqualTo("rwx------");
        assertThat(NativeLibraries.ownFolder(temporary)).as("made once").isEqualTo(folder);
    }

    @Test
    void aFolderThatOthersCanWriteIsNotUsed() throws IOException {
        Path folder = NativeLibraries.ownFolder(temporary);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(() -> NativeLibraries.ownFolder(temporary))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(folder.toString())
                .hasMessageContaining("DJL_CACHE_DIR");
    }

    @Test
    void aLinkToAnotherFolderIsNotUsed() throws IOException {
        Path folder = NativeLibraries.ownFolder(temporary);
        Files.delete(folder);
        Files.createSymbolicLink(folder, Files.createDirectory(temporary.resolve("elsewhere")));
        assertThatThrownBy(() -> NativeLibraries.ownFolder(temporary)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void aLibraryThatCannotBeLoadedNamesItsFolder() {
        assertThatThrownBy(() -> NativeLibraries.load("PyTorch", () -> {
                    throw new UnsatisfiedLinkError("libtorch.so: no space left");
                }))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("PyTorch")
                .hasMessageContaining("libtorch.so: no space left")
                .hasMessageContaining(NativeLibraries.cache().toString())
                .hasMessageContaining("DJL_CACHE_DIR");
    }
}
