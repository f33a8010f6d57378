package io.paritree.spark.run;

import io.paritree.spark.input.HadoopPaths;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import io.paritree.store.S3Server;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.EtagSource;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * The objects below a directory on S3, from flat lists of many of them. The content of an object is
 * fetched once, and then known by its entity tag, which says what the content is.
 *
 * <p>Thread-safe; while a copy is made, other threads may find that a content is gone.
 */
final class StoredObjects {
  private static final String MADE = "made-"; // no tag begins with it

  private final S3Server server;
  private final Location directory;
  private final org.apache.hadoop.fs.Path listed;
  private final FileSystem store;
  private final Path contents;
  private final Path copy;
  private volatile Map<String, String> copied = Map.of();

  /**
   * @param local for the contents, and a copy of the directory
   */
  StoredObjects(S3Server server, Location directory, Path local) throws IOException {
    this.server = server;
    this.directory = directory;
    this.listed = HadoopPaths.of(directory);
    this.store = listed.getFileSystem(new Configuration());
    this.contents = Files.createDirectories(local.resolve("contents"));
    this.copy = local.resolve("copy");
  }

  /** Returns the tags of the objects of a part, by their paths, maybe of no one moment. */
  private Map<String, String> list(String part) throws IOException {
    Map<String, String> tags = new TreeMap<>();
    try {
      RemoteIterator<LocatedFileStatus> all =
          store.listFiles(new org.apache.hadoop.fs.Path(listed, part), true);
      int start = listed.toString().length() + 1;
      while (all.hasNext()) {
        LocatedFileStatus object = all.next();
        String tag = ((EtagSource) object).getEtag();
        tags.put(object.getPath().toString().substring(start), tag.replace("\"", ""));
      }
    } catch (FileNotFoundException e) {
      return Map.of(); // S3 has no directories
    }

    return tags;
  }

  private Map<String, String> list(List<String> parts) throws IOException {
    Map<String, String> all = new TreeMap<>();
    for (String part : parts) {
      all.putAll(list(part));
    }

    return all;
  }

  /** Returns the tags of the files of each partition of an output, maybe of no one moment. */
  Map<String, Map<String, String>> list(String output, List<String> partitions) throws IOException {
    return byPartition(list(output), output, partitions);
  }

  /** Returns the tags of the files of each partition of an output; none of one that is absent. */
  static Map<String, Map<String, String>> byPartition(
      Map<String, String> all, String output, List<String> partitions) {
    Map<String, Map<String, String>> lists = new HashMap<>();
    partitions.forEach(partition -> lists.put(partition, new TreeMap<>()));
    all.forEach(
        (path, tag) -> {
          int end = path.lastIndexOf('/');
          if (path.startsWith(output + "/") && end > output.length()) {
            Map<String, String> own = lists.get(path.substring(output.length() + 1, end));
            if (own != null) {
              own.put(path.substring(end + 1), tag);
            }
          }
        });
    return lists;
  }

  /** Returns the tags as they were at one moment: twice in a row the list was the same. */
  private Map<String, String> listUnchanged(List<String> parts) throws IOException {
    Map<String, String> before = list(parts);
    for (Map<String, String> now = list(parts); !now.equals(before); now = list(parts)) {
      before = now;
    }

    return before;
  }

  /**
   * Returns a file with the content of an object.
   *
   * @throws NoSuchFileException if the object is not there any more, or is another one
   */
  Path content(String path, String tag) throws IOException {
    Path content = contents.resolve(tag);
    if (!Files.exists(content)) {
      byte[] bytes;
      try {
        bytes = server.get(directory.resolve(path), tag);
      } catch (InterruptedException e) {
        throw new InterruptedIOException(path);
      }

      Path made = Files.createTempFile(contents, MADE, "");
      Files.write(made, bytes);
      Files.move(made, content, StandardCopyOption.ATOMIC_MOVE);
    }

    return content;
  }

  /**
   * Makes a local copy of objects as they are at one moment, and forgets all other contents.
   *
   * @param parts directories below the directory
   */
  Path copy(List<String> parts) throws IOException {
    FileStore.of(Location.of(copy)).delete(Location.of(copy));
    Map<String, String> objects = listUnchanged(parts);
    for (Map.Entry<String, String> object : objects.entrySet()) {
      Path to = copy.resolve(object.getKey());
      Files.createDirectories(to.getParent());
      Files.createLink(to, content(object.getKey(), object.getValue()));
    }

    forget(Set.copyOf(objects.values()));
    copied = objects;
    return copy;
  }

  /** Returns the tags of the objects that the last copy has, by their paths. */
  Map<String, String> copied() {
    return copied;
  }

  private void forget(Set<String> allBut) throws IOException {
    List<Path> known;
    try (Stream<Path> all = Files.list(contents)) {
      known = all.toList();
    }

    for (Path content : known) {
      String tag = content.getFileName().toString();
      if (!allBut.contains(tag) && !tag.startsWith(MADE)) {
        Files.delete(content);
      }
    }
  }
}
