package io.paritree.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options.CreateFileOptionKeys;
import org.apache.hadoop.fs.Options.Rename;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIOException;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.security.AccessControlException;

/**
 * HDFS and the other stores of Hadoop's client.
 *
 * <p>HDFS fulfils the whole contract, because its name node renames in one step. The stores in
 * {@link #WHOLE_ON_CLOSE} show an object only when it is complete. So files are written in place
 * there, and a directory is renamed in the way of the store's own client.
 */
final class HadoopStore implements FileStore {
  private static final Set<String> WHOLE_ON_CLOSE = Set.of("s3a", "gs");

  /** Hadoop has no capability for this. All others move a directory's files one by one, or may. */
  private static final Set<String> RENAMES_DIRECTORIES = Set.of("file", "hdfs");

  private static final Set<String> AZURE = Set.of("abfs", "abfss");

  private final FileSystem files;
  private final boolean wholeOnClose;
  private volatile FileContext context; // null until something is renamed

  private HadoopStore(FileSystem files, boolean wholeOnClose) {
    this.files = files;
    this.wholeOnClose = wholeOnClose;
  }

  static HadoopStore of(Location location, Map<String, String> settings) throws IOException {
    FileSystem files = HadoopClients.of(path(location), settings);
    return new HadoopStore(files, WHOLE_ON_CLOSE.contains(location.scheme()));
  }

  /**
   * Returns a second client, which renames in one step. Readers do not need it. Hadoop makes a new
   * one each time it is asked: on HDFS one with its own connection's settings, which takes longer
   * than the rename. Several threads may make one each; all but one are forgotten.
   */
  private FileContext context() throws IOException {
    FileContext known = context;
    if (known == null) {
      known = FileContext.getFileContext(files.getUri(), files.getConf());
      context = known;
    }

    return known;
  }

  private static Path path(Location location) {
    return new Path(location.toString());
  }

  @Override
  public Optional<FileEntry> find(Location location) throws IOException {
    try {
      return Optional.of(entry(location, files.getFileStatus(path(location))));
    } catch (FileNotFoundException | ParentNotDirectoryException e) {
      return Optional.empty();
    }
  }

  private static FileEntry entry(Location location, FileStatus status) {
    return new FileEntry(
        location,
        status.isDirectory(),
        status.isDirectory() ? 0 : status.getLen(),
        status.getModificationTime());
  }

  @Override
  public List<FileEntry> list(Location directory) throws IOException {
    try {
      FileStatus[] found = files.listStatus(path(directory));
      if (found.length == 1 && !found[0].isDirectory() && isItself(directory, found[0])) {
        throw new NotDirectoryException(directory.toString());
      }

      List<FileEntry> entries = new ArrayList<>();
      for (FileStatus status : found) {
        entries.add(entry(directory.resolve(status.getPath().getName()), status));
      }

      entries.sort(Comparator.comparing(entry -> entry.location().name()));
      return entries;
    } catch (FileNotFoundException | ParentNotDirectoryException e) {
      throw noSuchFile(directory, e);
    } catch (AccessControlException e) {
      // HDFS also reports this for a path that leads through a file.
      throw find(directory).isEmpty() ? noSuchFile(directory, e) : e;
    }
  }

  /** Of a file, Hadoop's clients list the file itself. */
  private static boolean isItself(Location directory, FileStatus only) {
    return only.getPath().toUri().getPath().equals(path(directory).toUri().getPath());
  }

  @Override
  public InputStream open(Location file) throws IOException {
    return open(file, 0);
  }

  @Override
  public InputStream open(Location file, long from) throws IOException {
    try {
      FSDataInputStream in = files.open(path(file));
      try {
        in.seek(from);
        return in;
      } catch (IOException | RuntimeException e) {
        in.close();
        throw e;
      }
    } catch (FileNotFoundException | ParentNotDirectoryException e) {
      throw noSuchFile(file, e);
    } catch (AccessControlException e) {
      // HDFS also reports this for a path that leads through a file.
      throw find(file).isEmpty() ? noSuchFile(file, e) : e;
    }
  }

  /** Reads again if it fails because HDFS removed the blocks of a file that was replaced. */
  @Override
  public byte[] read(Location file, int maxBytes) throws IOException {
    while (true) {
      FileStatus before;
      try {
        before = files.getFileStatus(path(file));
      } catch (FileNotFoundException | ParentNotDirectoryException e) {
        throw noSuchFile(file, e);
      }

      try (InputStream in = open(file, before)) {
        return WholeFile.read(in, before.isDirectory() ? 0 : before.getLen(), maxBytes);
      } catch (IOException e) {
        if (find(file).equals(Optional.of(entry(file, before)))) {
          throw e;
        }
      }
    }
  }

  /** Opens a file whose status is known, for which object stores' clients would ask again. */
  private InputStream open(Location file, FileStatus known) throws IOException {
    try {
      return files.openFile(path(file)).withFileStatus(known).build().get();
    } catch (FileNotFoundException e) {
      throw noSuchFile(file, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Cannot open %s: interrupted".formatted(file));
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof FileNotFoundException missing) {
        throw noSuchFile(file, missing);
      }

      throw cause instanceof IOException io ? io : new IOException(cause);
    }
  }

  @Override
  public void createDirectories(Location directory) throws IOException {
    try {
      if (!files.mkdirs(path(directory))) {
        throw new IOException("Cannot create directory %s: its store refused".formatted(directory));
      }
    } catch (org.apache.hadoop.fs.FileAlreadyExistsException e) {
      throw alreadyExists(directory, e);
    }
  }

  @Override
  public void create(Location file, byte[] content) throws IOException {
    if (wholeOnClose) {
      refuseExisting(file);
      write(file, content, false);
    } else {
      writeAside(file, content, Rename.NONE);
    }
  }

  @Override
  public void replace(Location file, byte[] content) throws IOException {
    if (wholeOnClose) {
      write(file, content, true);
    } else {
      writeAside(file, content, Rename.OVERWRITE);
    }
  }

  /** Writes another file and renames it; Hadoop's clients make the directory of a new file. */
  private void writeAside(Location file, byte[] content, Rename how) throws IOException {
    Location temporary = TemporaryName.beside(file);
    boolean renamed = false;
    try {
      write(temporary, content, false);
      context().rename(path(temporary), path(file), how);
      renamed = true;
    } catch (org.apache.hadoop.fs.FileAlreadyExistsException e) {
      throw alreadyExists(file, e);
    } catch (IOException e) {
      // HDFS reports a directory in the place of the file in another way. A file that is there may
      // be this one, whose answer was lost.
      boolean isDirectory =
          how == Rename.NONE && find(file).filter(FileEntry::isDirectory).isPresent();
      throw isDirectory ? alreadyExists(file, e) : e;
    } finally {
      if (!renamed) {
        files.delete(path(temporary), false);
      }
    }
  }

  private void write(Location file, byte[] content, boolean overwrite) throws IOException {
    try (FSDataOutputStream out =
        overwrite ? files.create(path(file), true) : created(path(file))) {
      out.write(content);
      if (out.hasCapability(StreamCapabilities.HSYNC)) {
        out.hsync();
      }
    } catch (org.apache.hadoop.fs.FileAlreadyExistsException e) {
      throw alreadyExists(file, e);
    } catch (PathIOException e) {
      // S3A reports this if another process has created the file meanwhile.
      throw !overwrite && find(file).isPresent() ? alreadyExists(file, e) : e;
    }
  }

  /** Starts a new file. S3A sends the condition only on request, and checks it when it closes. */
  private FSDataOutputStream created(Path file) throws IOException {
    String option = CreateFileOptionKeys.FS_OPTION_CREATE_CONDITIONAL_OVERWRITE;
    if (!files.hasPathCapability(file, option)) {
      return files.create(file, false);
    }

    FSDataOutputStreamBuilder<?, ?> builder = files.createFile(file).create().recursive();
    builder.must(option, true);
    return builder.build();
  }

  @Override
  public void rename(Location from, Location to) throws IOException {
    refuseExisting(to);
    try {
      if (!wholeOnClose) {
        context().rename(path(from), path(to), Rename.NONE);
        return;
      }

      if (!files.rename(path(from), path(to))) {
        files.getFileStatus(path(from));
        files.getFileStatus(path(to.parent()));
        throw new IOException("Cannot rename %s to %s: its store refused".formatted(from, to));
      }
    } catch (org.apache.hadoop.fs.FileAlreadyExistsException e) {
      throw alreadyExists(to, e);
    } catch (FileNotFoundException e) {
      throw noSuchFile(from, e);
    }
  }

  @Override
  public boolean renamesDirectoriesWhole(Location location) throws IOException {
    String scheme =
        location.scheme().equals("viewfs") ? real(location).scheme() : location.scheme();
    return RENAMES_DIRECTORIES.contains(scheme)
        || AZURE.contains(scheme)
            && files.hasPathCapability(
                path(location), CommonPathCapabilities.ETAGS_PRESERVED_IN_RENAME);
  }

  /** Gives an early and clear error; the step after it must itself not replace anything. */
  private void refuseExisting(Location location) throws IOException {
    if (find(location).isPresent()) {
      throw new FileAlreadyExistsException(location.toString());
    }
  }

  @Override
  public void delete(Location location) throws IOException {
    if (!files.delete(path(location), true) && find(location).isPresent()) {
      throw new IOException("Cannot delete %s: its store refused".formatted(location));
    }
  }

  @Override
  public Location real(Location location) throws IOException {
    if (location.isRoot()) {
      return Location.of(files.makeQualified(path(location)).toString());
    }

    try {
      return Location.of(files.resolvePath(path(location)).toString());
    } catch (FileNotFoundException | ParentNotDirectoryException e) {
      return real(location.parent()).resolve(location.name());
    }
  }

  private static NoSuchFileException noSuchFile(Location location, Exception cause) {
    NoSuchFileException missing = new NoSuchFileException(location.toString());
    missing.initCause(cause);
    return missing;
  }

  private static FileAlreadyExistsException alreadyExists(Location location, Exception cause) {
    FileAlreadyExistsException existing = new FileAlreadyExistsException(location.toString());
    existing.initCause(cause);
    return existing;
  }
}
