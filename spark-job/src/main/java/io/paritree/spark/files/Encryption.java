package io.paritree.spark.files;

import io.paritree.spark.input.HadoopPaths;
import io.paritree.store.Location;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.crypto.ColumnEncryptionProperties;
import org.apache.parquet.crypto.DecryptionPropertiesFactory;
import org.apache.parquet.crypto.EncryptionPropertiesFactory;
import org.apache.parquet.crypto.FileDecryptionProperties;
import org.apache.parquet.crypto.FileEncryptionProperties;
import org.apache.parquet.crypto.ParquetCipher;
import org.apache.parquet.crypto.keytools.KeyToolkit;
import org.apache.parquet.crypto.keytools.PropertiesDrivenCryptoFactory;
import org.apache.parquet.format.EncryptionAlgorithm;
import org.apache.parquet.hadoop.ParquetOutputFormat;
import org.apache.parquet.hadoop.api.WriteSupport.WriteContext;
import org.apache.parquet.hadoop.metadata.ColumnPath;
import org.apache.parquet.schema.MessageType;

/**
 * Parquet's modular encryption, as the crypto factory in Hadoop's settings decides: which key
 * encrypts the footer and which each column.
 *
 * <p>A run writes files of two schemas with the same settings, but Parquet refuses a file without a
 * column that has a key. So each file gets the keys of its own columns. A file that has none of
 * them is encrypted as a whole, with the key of its footer.
 */
public final class Encryption {
  private static final String FACTORY =
      EncryptionPropertiesFactory.CRYPTO_FACTORY_CLASS_PROPERTY_NAME;

  private static final List<String> IDENTITY =
      List.of(
          FACTORY,
          PropertiesDrivenCryptoFactory.FOOTER_KEY_PROPERTY_NAME,
          PropertiesDrivenCryptoFactory.COLUMN_KEYS_PROPERTY_NAME,
          PropertiesDrivenCryptoFactory.UNIFORM_KEY_PROPERTY_NAME,
          PropertiesDrivenCryptoFactory.COMPLETE_COLUMN_ENCRYPTION_PROPERTY_NAME,
          PropertiesDrivenCryptoFactory.PLAINTEXT_FOOTER_PROPERTY_NAME,
          PropertiesDrivenCryptoFactory.ENCRYPTION_ALGORITHM_PROPERTY_NAME,
          KeyToolkit.DATA_KEY_LENGTH_PROPERTY_NAME);

  /** The length of the random part of what authenticates a file, after the prefix. */
  private static final int UNIQUE_BYTES = 8;

  /** Which columns of a file are encrypted. */
  enum Columns {
    /** The columns that the settings name, or all if the settings say so. */
    NAMED,
    /** All: columns without a key of their own are encrypted with the key of the footer. */
    ALL
  }

  private Encryption() {}

  /** Returns whether there is a crypto factory, so that files may be encrypted. */
  public static boolean isConfigured(Configuration hadoop) {
    return !hadoop.getTrimmed(FACTORY, "").isEmpty();
  }

  /**
   * Returns why something cannot be done that keeps in the clear what rows have, because there is a
   * crypto factory; empty if there is none, or nothing is asked for. This is the only place that
   * refuses it.
   *
   * @param settings Spark's settings for Hadoop's clients
   * @param asked what is to be done, as the user has asked for it: options, or a command
   */
  public static Optional<String> clearTextProblem(
      Map<String, String> settings, List<String> asked) {
    return asked.isEmpty() || identity(settings).isEmpty()
        ? Optional.empty()
        : Optional.of(
            "%s cannot be used with a crypto factory (%s is set): what it keeps of the rows would not be encrypted"
                .formatted(String.join(", ", asked), FACTORY));
  }

  /** Returns how a file is encrypted; null if it is not. */
  static FileEncryptionProperties of(
      Configuration hadoop, Path file, WriteContext context, Columns columns) {
    FileEncryptionProperties given =
        ParquetOutputFormat.createEncryptionProperties(hadoop, file, context);
    if (given == null || given.getEncryptedColumns() == null) {
      return given;
    }

    List<ColumnPath> paths = paths(context.getSchema());
    Map<ColumnPath, ColumnEncryptionProperties> own = new HashMap<>(given.getEncryptedColumns());
    own.keySet().retainAll(paths);
    if (!own.isEmpty() && (columns == Columns.ALL || encryptsOthers(given, hadoop))) {
      // Without a key of its own, a column is encrypted with the key of the footer.
      paths.forEach(
          path ->
              own.computeIfAbsent(path, any -> ColumnEncryptionProperties.builder(any).build()));
    }

    return own.equals(given.getEncryptedColumns()) ? given : withColumns(given, own);
  }

  private static List<ColumnPath> paths(MessageType schema) {
    return schema.getColumns().stream()
        .map(ColumnDescriptor::getPath)
        .map(path -> ColumnPath.get(path))
        .toList();
  }

  /**
   * Returns whether columns without a key of their own are encrypted. Parquet 1.13, which Spark 3.5
   * has, does not know of that setting.
   */
  private static boolean encryptsOthers(FileEncryptionProperties given, Configuration hadoop) {
    ColumnPath other = ColumnPath.get("");
    return given.getColumnProperties(other).isEncrypted()
        || hadoop.getBoolean(
            PropertiesDrivenCryptoFactory.COMPLETE_COLUMN_ENCRYPTION_PROPERTY_NAME, false);
  }

  /** Returns the same encryption for a file with these columns. */
  private static FileEncryptionProperties withColumns(
      FileEncryptionProperties given, Map<ColumnPath, ColumnEncryptionProperties> columns) {
    EncryptionAlgorithm algorithm = given.getAlgorithm();
    boolean isGcm = algorithm.isSetAES_GCM_V1();
    FileEncryptionProperties.Builder builder =
        FileEncryptionProperties.builder(given.getFooterKey())
            .withFooterKeyMetadata(given.getFooterKeyMetadata())
            .withAlgorithm(isGcm ? ParquetCipher.AES_GCM_V1 : ParquetCipher.AES_GCM_CTR_V1);
    if (!columns.isEmpty()) {
      builder.withEncryptedColumns(columns);
    }

    if (!given.encryptedFooter()) {
      builder.withPlaintextFooter();
    }

    byte[] authenticated = given.getFileAAD();
    if (authenticated.length > UNIQUE_BYTES) {
      builder.withAADPrefix(Arrays.copyOf(authenticated, authenticated.length - UNIQUE_BYTES));
      boolean isStored =
          isGcm
              ? algorithm.getAES_GCM_V1().isSetAad_prefix()
              : algorithm.getAES_GCM_CTR_V1().isSetAad_prefix();
      if (!isStored) {
        builder.withoutAADPrefixStorage();
      }
    }

    return builder.build();
  }

  /**
   * Returns the settings that decide how files are encrypted, as texts; none if there is no crypto
   * factory. Keys and tokens are not among them.
   *
   * @param settings Spark's settings for Hadoop's clients
   */
  public static List<String> identity(Map<String, String> settings) {
    Configuration hadoop = new Configuration(false); // the settings have Hadoop's defaults
    settings.forEach(hadoop::set);
    return isConfigured(hadoop)
        ? IDENTITY.stream().map(name -> name + "=" + hadoop.getTrimmed(name, "")).toList()
        : List.of();
  }

  /**
   * Checks that the files of a run can be encrypted as the settings say, and read again.
   *
   * @param directory where files are written
   * @param problems receives a message for each problem
   * @return whether files of scored rows are encrypted
   */
  public static boolean check(
      ParquetWriters scored,
      ParquetWriters quarantined,
      Location directory,
      List<String> problems) {
    Path file = new Path(HadoopPaths.of(directory), "part-00000" + scored.extension());
    Configuration hadoop = scored.hadoop();
    if (!isConfigured(hadoop)) {
      return false;
    }

    if (!hadoop.getBoolean(
        KeyToolkit.KEY_MATERIAL_INTERNAL_PROPERTY_NAME, KeyToolkit.KEY_MATERIAL_INTERNAL_DEFAULT)) {
      problems.add(
          ("%s is false: then a file's keys are in another file next to it, which would not be"
                  + " published with it; set it to true")
              .formatted(KeyToolkit.KEY_MATERIAL_INTERNAL_PROPERTY_NAME));
      return false;
    }

    try {
      for (ParquetWriters writers : List.of(scored, quarantined)) {
        FileEncryptionProperties encryption = writers.encryption(file);
        if (encryption != null) {
          checkReadable(hadoop, file, encryption, problems);
        }
      }

      checkColumns(scored, quarantined, file, problems);
      return scored.encryption(file) != null;
    } catch (RuntimeException e) {
      // Factories and clients of key management services throw whatever they like.
      problems.add(
          "files cannot be encrypted as %s and its keys say: %s"
              .formatted(FACTORY, ParquetFile.reason(e)));
      return false;
    }
  }

  /** Refuses a column that has a key, but is nowhere: it might be another one's name, misspelt. */
  private static void checkColumns(
      ParquetWriters scored, ParquetWriters quarantined, Path file, List<String> problems) {
    FileEncryptionProperties given =
        ParquetOutputFormat.createEncryptionProperties(scored.hadoop(), file, scored.context());
    if (given == null || given.getEncryptedColumns() == null) {
      return;
    }

    List<ColumnPath> known = new ArrayList<>(paths(scored.context().getSchema()));
    known.addAll(paths(quarantined.context().getSchema()));
    given.getEncryptedColumns().keySet().stream()
        .filter(path -> !known.contains(path))
        .map(ColumnPath::toDotString)
        .sorted()
        .forEach(
            name ->
                problems.add(
                    ("column '%s' has an encryption key, but is neither in the output nor among the"
                            + " columns that are read")
                        .formatted(name)));
  }

  /** Makes sure that the files can be verified. */
  private static void checkReadable(
      Configuration hadoop, Path file, FileEncryptionProperties encryption, List<String> problems) {
    DecryptionPropertiesFactory factory = DecryptionPropertiesFactory.loadFactory(hadoop);
    FileDecryptionProperties decryption = factory.getFileDecryptionProperties(hadoop, file);
    if (decryption != null
        && decryption.getKeyRetriever() != null
        && encryption.getFooterKeyMetadata() != null
        && !Arrays.equals(
            decryption.getKeyRetriever().getKey(encryption.getFooterKeyMetadata()),
            encryption.getFooterKey())) {
      problems.add(
          "%s does not return the keys that it encrypts with, so the output could not be verified"
              .formatted(hadoop.get(FACTORY)));
    }
  }
}
