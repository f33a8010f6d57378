package io.paritree.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Local disks, through {@code java.nio}.
 *
 * <p>POSIX has no portable rename that does not replace. So a file gets its name by a hard link,
 * which fails if the name is taken. A directory is renamed, which the system refuses if the target
 * is not empty.
 */
final class LocalStore implements FileStore {
  static final LocalStore INSTANCE = new LocalStore();

  private static final int MAX_WRITE = 1 << 20;

  private LocalStore() {}

  @Override
  public Optional<FileEntry> find(Location location) throws IOException {
    Path path = location.toPath();
    try {
      return Optional.of(entry(location, path));
    } catch (FileSystemException e) {
      if (failure(path, e) instanceof NoSuchFileException) {
        return Optional.empty();
      }

      throw e;
    }
  }

  /** Returns what to throw: a path that leads through a file, such as file/x, counts as missing. */
  private static FileSystemException failure(Path path, FileSystemException e) {
    Path above = path.getParent();
    while (above != null && !Files.exists(above)) {
      above = above.getParent();
    }

    if (above == null || Files.isDirectory(above)) {
      return e;
    }

    NoSuchFileException missing = new NoSuchFileException(path.toString());
    missing.initCause(e);
    return missing;
  }

  private static FileEntry entry(Location location, Path path) throws IOException {
    BasicFileAttributes attributes;
    try {
      attributes = Files.readAttributes(path, BasicFileAttributes.class);
    } catch (FileSystemException e) {
      throw leadsToItself(path) ? new NoSuchFileException(path.toString()) : e;
    }

    return new FileEntry(
        location,
        attributes.isDirectory(),
        attributes.isDirectory() ? 0 : attributes.size(),
        attributes.lastModifiedTime().toMillis());
  }

  /** Returns whether links lead in a circle, so to nothing. */
  private static boolean leadsToItself(Path link) throws IOException {
    Set<Path> seen = new HashSet<>();
    Path next = link;
    while (Files.isSymbolicLink(next)) {
      if (!seen.add(next)) {
        return true;
      }

      next = next.resolveSibling(Files.readSymbolicLink(next)).normalize();
    }

    return false;
  }

  @Override
  public FileEntry regular(Location file) throws IOException {
    FileEntry entry = FileStore.super.regular(file);
    if (!Files.isRegularFile(file.toPath())) {
      throw new UnfitFileException(file, "is a device or a pipe", "a file");
    }

    return entry;
  }

  @Override
  public boolean leavesBy(Location directory, Location inside) throws IOException {
    return !real(directory).holds(real(inside));
  }

  @Override
  public boolean isLink(Location location) {
    return Files.isSymbolicLink(location.toPath());
  }

  @Override
  public List<FileEntry> list(Location directory) throws IOException {
    return list(directory, Integer.MAX_VALUE);
  }

  @Override
  public List<FileEntry> list(Location directory, int most) throws IOException {
    List<FileEntry> entries = new ArrayList<>();
    try (DirectoryStream<Path> paths = openDirectory(directory.toPath())) {
      for (Path path : paths) {
        if (entries.size() == most) {
          throw FileStore.tooMany(directory, most);
        }

        try {
          entries.add(entry(directory.resolve(path.getFileName().toString()), path));
        } catch (NoSuchFileException e) {
          continue; // removed after it was listed, or a link to nothing
        }
      }
    }

    entries.sort(Comparator.comparing(entry -> entry.location().name()));
    return entries;
  }

  private static DirectoryStream<Path> openDirectory(Path directory) throws IOException {
    try {
      return Files.newDirectoryStream(directory);
    } catch (FileSystemException e) {
      throw failure(directory, e);
    }
  }

  @Override
  public InputStream open(Location file) throws IOException {
    Path path = file.toPath();
    try {
      return Files.newInputStream(path);
    } catch (FileSystemException e) {
      throw failure(path, e);
    }
  }

  @Override
  public InputStream open(Location file, long from) throws IOException {
    Path path = file.toPath();
    try {
      return Channels.newInputStream(
          FileChannel.open(path, StandardOpenOption.READ).position(from));
    } catch (FileSystemException e) {
      throw failure(path, e);
    }
  }

  @Override
  public void createDirectories(Location directory) throws IOException {
    createDirectories(directory.toPath());
  }

  private static void createDirectories(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }

    Path parent = directory.getParent();
    createDirectories(parent);
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory)) {
        throw e;
      }
    }

    sync(parent);
  }

  @Override
  public void create(Location file, byte[] content) throws IOException {
    Path temporary = write(file, content);
    try {
      Path path = file.toPath();
      link(path, temporary);
      sync(path.getParent());
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  @Override
  public void replace(Location file, byte[] content) throws IOException {
    Path temporary = write(file, content);
    try {
      Path path = file.toPath();
      Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
      sync(path.getParent());
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Writes the content to a temporary file next to the file; on return it is on the disk. */
  private static Path write(Location file, byte[] content) throws IOException {
    createDirectories(file.toPath().getParent());
    Path temporary = TemporaryName.beside(file).toPath();
    try (FileChannel channel =
        FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      // The channel copies what it is given into memory outside of the heap, and keeps that.
      ByteBuffer rest = ByteBuffer.wrap(content);
      while (rest.position() < content.length) {
        rest.limit(Math.min(content.length, rest.position() + MAX_WRITE));
        channel.write(rest);
      }

      channel.force(true);
      return temporary;
    } catch (IOException e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
  }

  @Override
  public boolean renamesDirectoriesWhole(Location location) {
    return true;
  }

  @Override
  public void rename(Location from, Location to) throws IOException {
    Path source = from.toPath();
    Path target = to.toPath();
    if (Files.isDirectory(source, LinkOption.NOFOLLOW_LINKS)) {
      if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        throw new FileAlreadyExistsException(to.toString());
      }

      Files.move(source, target, StandardCopyOption.ATOMIC_MOVE);
    } else {
      link(target, source);
      Files.delete(source);
    }

    sync(target.getParent());
    sync(source.getParent());
  }

  private static void link(Path name, Path existing) throws IOException {
    try {
      Files.createLink(name, existing);
    } catch (UnsupportedOperationException e) {
      throw new FileSystemException(
          name.toString(),
          null,
          "its file system does not support hard links, which Paritree needs there");
    }
  }

  @Override
  public void delete(Location location) throws IOException {
    Path path = location.toPath();
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      delete(path);
    }
  }

  private static void delete(Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
        for (Path entry : entries) {
          delete(entry);
        }
      } catch (NoSuchFileException e) {
        return; // somebody else has deleted it
      } catch (DirectoryIteratorException e) {
        throw e.getCause();
      }
    }

    Files.deleteIfExists(path);
  }

  @Override
  public Location real(Location location) throws IOException {
    try {
      return Location.of(location.toPath().toRealPath());
    } catch (FileSystemException e) {
      if (!(failure(location.toPath(), e) instanceof NoSuchFileException)) {
        throw e;
      }

      Path parent = real(location.parent()).toPath();
      Path path = parent.resolve(location.name());
      return Files.isSymbolicLink(path) // its target does not exist
          ? real(Location.of(parent.resolve(Files.readSymbolicLink(path))))
          : Location.of(path);
    }
  }

  /** Makes the entries of a directory survive a loss of power; needed on POSIX systems only. */
  private static void sync(Path directory) throws IOException {
    if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }
}
