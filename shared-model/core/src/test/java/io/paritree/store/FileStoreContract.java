package io.paritree.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link FileStore} promises. */
abstract class FileStoreContract {
  private static final int WRITERS = 4;

  private Location home;
  private FileStore store;

  /** Returns a directory of the store; each test works in a new one below it. */
  abstract Location root() throws IOException;

  FileStore open(Location location) throws IOException {
    return FileStore.of(location);
  }

  final FileStore store() {
    return store;
  }

  final Location home() {
    return home;
  }

  @BeforeEach
  final void makeHome() throws IOException {
    home = root().resolve(UUID.randomUUID().toString());
    store = open(home);
    store.createDirectories(home);
  }

  @AfterEach
  final void deleteHome() throws IOException {
    store.delete(home);
    assertThat(store.find(home)).isEmpty();
  }

  private List<String> names(Location directory) throws IOException {
    return store.list(directory).stream().map(entry -> entry.location().name()).toList();
  }

  private String content(Location file) throws IOException {
    return new String(store.read(file), UTF_8);
  }

  @Test
  void createdFileIsFoundListedAndRead() throws IOException {
    long before = System.currentTimeMillis();
    Location file = home.resolve("new/directory/a");
    store.create(file, "content".getBytes(UTF_8));

    assertThat(content(file)).isEqualTo("content");
    assertThat(store.list(file.parent())).containsExactly(store.find(file).orElseThrow());
    FileEntry entry = store.find(file).orElseThrow();
    assertThat(entry.location()).isEqualTo(file);
    assertThat(entry.isDirectory()).isFalse();
    assertThat(entry.bytes()).isEqualTo(7);
    assertThat(entry.modifiedMillis()).isBetween(before - 2_000, before + 60_000);
  }

  @Test
  void emptyFileAndFileOfMegabytesComeBackWhole() throws IOException {
    byte[] large = new byte[3 << 20];
    for (int index = 0; index < large.length; index++) {
      large[index] = (byte) (index * 31 >>> 7);
    }

    store.create(home.resolve("empty"), new byte[0]);
    store.create(home.resolve("large"), large);

    assertThat(store.read(home.resolve("empty"))).isEmpty();
    assertThat(store.read(home.resolve("large"))).isEqualTo(large);
  }

  @Test
  void directoryListsHiddenEntriesToo() throws IOException {
    store.create(home.resolve("b"), new byte[0]);
    store.create(home.resolve(".hidden"), new byte[0]);
    store.create(home.resolve("_SUCCESS"), new byte[0]);
    store.createDirectories(home.resolve("a/below"));

    assertThat(names(home)).containsExactly(".hidden", "_SUCCESS", "a", "b");
    FileEntry directory = store.find(home.resolve("a")).orElseThrow();
    assertThat(directory.isDirectory()).isTrue();
    assertThat(directory.bytes()).isZero();
    assertThat(store.list(home.resolve("a/below"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"store=007", "x=a%2Fb", "with blank", "a%20b", "ä日", "a#b?c", "a+b&c", "{a,[b]*"})
  void nameIsKeptByteForByte(String name) throws IOException {
    store.create(home.resolve(name), "content".getBytes(UTF_8));

    assertThat(names(home)).containsExactly(name);
    assertThat(store.list(home).get(0).location()).isEqualTo(home.resolve(name));
    assertThat(content(home.resolve(name))).isEqualTo("content");
    assertThat(store.real(home.resolve(name)).name()).isEqualTo(name);

    store.rename(home.resolve(name), home.resolve("plain"));
    store.rename(home.resolve("plain"), home.resolve(name));
    store.replace(home.resolve(name), "new".getBytes(UTF_8));
    assertThat(names(home)).containsExactly(name);
    store.delete(home.resolve(name));
    assertThat(names(home)).isEmpty();
  }

  @Test
  void whatIsNotThereIsNoSuchFile() throws IOException {
    Location missing = home.resolve("missing");
    store.create(home.resolve("file"), new byte[0]);

    for (String nowhere : List.of("missing", "missing/below", "file/below", "file/below/deeper")) {
      Location location = home.resolve(nowhere);
      assertThat(store.find(location)).isEmpty();
      assertThatThrownBy(() -> store.list(location)).isInstanceOf(NoSuchFileException.class);
      assertThatThrownBy(() -> store.read(location)).isInstanceOf(NoSuchFileException.class);
    }

    assertThatThrownBy(() -> store.rename(missing, home.resolve("to")))
        .isInstanceOf(NoSuchFileException.class);
    if (store.renamesDirectoriesWhole(home)) { // others may make the directory
      assertThatThrownBy(() -> store.rename(home.resolve("file"), missing.resolve("to")))
          .isInstanceOf(NoSuchFileException.class);
    }

    assertThat(names(home)).containsExactly("file");
    store.delete(missing);
  }

  @Test
  void fileIsNoDirectory() throws IOException {
    Location file = home.resolve("file");
    store.create(file, new byte[0]);

    assertThatThrownBy(() -> store.list(file)).isInstanceOf(NotDirectoryException.class);
    assertThatThrownBy(() -> store.createDirectories(file))
        .isInstanceOf(FileAlreadyExistsException.class);
  }

  @Test
  void createNeverReplaces() throws IOException {
    Location file = home.resolve("file");
    store.create(file, "old".getBytes(UTF_8));
    store.createDirectories(home.resolve("directory"));

    assertThatThrownBy(() -> store.create(file, "new".getBytes(UTF_8)))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThatThrownBy(() -> store.create(home.resolve("directory"), "new".getBytes(UTF_8)))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(content(file)).isEqualTo("old");
    assertThat(names(home)).as("no temporary file is left").containsExactly("directory", "file");
  }

  @Test
  void replaceWritesAFileNewOrNot() throws IOException {
    Location file = home.resolve("below/file");

    store.replace(file, "old and longer".getBytes(UTF_8));
    assertThat(content(file)).isEqualTo("old and longer");
    store.replace(file, "new".getBytes(UTF_8));
    assertThat(content(file)).isEqualTo("new");
    assertThat(names(file.parent())).as("no temporary file is left").containsExactly("file");
  }

  @Test
  void replaceLeavesADirectoryAlone() throws IOException {
    store.create(home.resolve("directory/file"), new byte[0]);

    assertThatThrownBy(() -> store.replace(home.resolve("directory"), new byte[1]))
        .isInstanceOf(IOException.class);
    assertThat(names(home)).containsExactly("directory");
    assertThat(names(home.resolve("directory"))).containsExactly("file");
  }

  @Test
  void renameMovesAFileOrAWholeDirectory() throws IOException {
    store.create(home.resolve("from/below/file"), "content".getBytes(UTF_8));
    store.createDirectories(home.resolve("to"));

    store.rename(home.resolve("from"), home.resolve("to/moved"));
    store.rename(home.resolve("to/moved/below/file"), home.resolve("alone"));

    assertThat(names(home)).containsExactly("alone", "to");
    assertThat(names(home.resolve("to/moved"))).containsExactly("below");
    assertThat(names(home.resolve("to/moved/below"))).isEmpty();
    assertThat(content(home.resolve("alone"))).isEqualTo("content");
  }

  @Test
  void renameNeverReplaces() throws IOException {
    store.create(home.resolve("file"), "file".getBytes(UTF_8));
    store.create(home.resolve("other"), "other".getBytes(UTF_8));
    store.create(home.resolve("full/file"), "full".getBytes(UTF_8));
    store.createDirectories(home.resolve("empty"));
    store.create(home.resolve("directory/file"), new byte[0]);

    for (String target : List.of("other", "full", "empty")) {
      for (String source : List.of("file", "directory")) {
        assertThatThrownBy(() -> store.rename(home.resolve(source), home.resolve(target)))
            .as("%s to %s", source, target)
            .isInstanceOf(FileAlreadyExistsException.class);
      }
    }

    assertThat(names(home)).containsExactly("directory", "empty", "file", "full", "other");
    assertThat(content(home.resolve("other"))).isEqualTo("other");
    assertThat(content(home.resolve("full/file"))).isEqualTo("full");
  }

  @Test
  void deleteRemovesADirectoryWithAllThatItHolds() throws IOException {
    store.create(home.resolve("directory/below/file"), new byte[0]);
    store.create(home.resolve("directory/.hidden"), new byte[0]);

    store.delete(home.resolve("directory"));

    assertThat(names(home)).isEmpty();
    store.delete(home.resolve("directory"));
  }

  @Test
  void createdDirectoriesMayExist() throws IOException {
    store.createDirectories(home.resolve("a/b/c"));
    store.create(home.resolve("a/b/file"), new byte[0]);
    store.createDirectories(home.resolve("a/b"));

    assertThat(names(home.resolve("a/b"))).containsExactly("c", "file");
  }

  @Test
  void realLocationMayEndInWhatDoesNotExist() throws IOException {
    Location real = store.real(home);

    assertThat(store.find(real)).isPresent();
    assertThat(store.real(home.resolve("missing/below"))).isEqualTo(real.resolve("missing/below"));

    store.create(home.resolve("file"), new byte[0]);
    assertThat(store.real(home.resolve("file/below"))).isEqualTo(real.resolve("file/below"));
  }

  @Test
  void ofSeveralThatCreateOneSucceeds() throws Exception {
    Location file = home.resolve("claim");
    List<Callable<String>> claims = new ArrayList<>();
    for (int writer = 0; writer < WRITERS; writer++) {
      String content = "claimed by " + writer;
      claims.add(
          () -> {
            try {
              store.create(file, content.getBytes(UTF_8));
              return content;
            } catch (FileAlreadyExistsException e) {
              return "";
            }
          });
    }

    List<String> successful = results(claims).stream().filter(claim -> !claim.isEmpty()).toList();
    assertThat(successful).containsExactly(content(file));
    assertThat(names(home)).containsExactly("claim");
  }

  @Test
  void readerSeesTheOldContentOrTheNewNeverAPart() throws Exception {
    Location file = home.resolve("alias");
    List<String> contents = List.of("a".repeat(100_000), "b".repeat(70_000));
    store.replace(file, contents.get(0).getBytes(UTF_8));

    Callable<Integer> writer =
        () -> {
          for (int round = 0; round < 60; round++) {
            store.replace(file, contents.get(round & 1).getBytes(UTF_8));
          }

          return 0;
        };
    Callable<Integer> reader =
        () -> {
          for (int round = 0; round < 300; round++) {
            String seen = content(file);
            assertThat(contents.contains(seen)).as("%s bytes", seen.length()).isTrue();
          }

          return 0;
        };
    assertThat(results(List.of(writer, reader, reader))).containsOnly(0);
  }

  private static <T> List<T> results(List<Callable<T>> tasks) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> future : threads.invokeAll(tasks)) {
        results.add(future.get());
      }

      return results;
    } finally {
      threads.shutdownNow();
    }
  }
}
