package io.paritree.spark.run;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.crypto.KeyAccessDeniedException;
import org.apache.parquet.crypto.keytools.KeyToolkit;
import org.apache.parquet.crypto.keytools.KmsClient;
import org.apache.parquet.crypto.keytools.PropertiesDrivenCryptoFactory;

/** A key management service that knows the keys {@code foot}, {@code one} and {@code two}. */
public final class TestKms implements KmsClient {
  private static final Map<String, byte[]> KEYS =
      Map.of("foot", key(1), "one", key(2), "two", key(3));

  /** For Parquet, which creates the client. */
  public TestKms() {}

  private static byte[] key(int number) {
    byte[] key = new byte[16];
    Arrays.fill(key, (byte) number);
    return key;
  }

  /**
   * Returns Hadoop's settings that have files encrypted.
   *
   * @param more names and values, one after the other
   */
  public static Map<String, String> settings(String... more) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("parquet.crypto.factory.class", PropertiesDrivenCryptoFactory.class.getName());
    settings.put("parquet.encryption.kms.client.class", TestKms.class.getName());
    for (int index = 0; index < more.length; index += 2) {
      settings.put(more[index], more[index + 1]);
    }

    return settings;
  }

  @Override
  public void initialize(Configuration hadoop, String instance, String url, String token) {
    // The keys are constants.
  }

  @Override
  public String wrapKey(byte[] key, String master) {
    return KeyToolkit.encryptKeyLocally(key, masterKey(master), bytes(master));
  }

  @Override
  public byte[] unwrapKey(String wrapped, String master) {
    return KeyToolkit.decryptKeyLocally(wrapped, masterKey(master), bytes(master));
  }

  private static byte[] masterKey(String name) {
    if (!KEYS.containsKey(name)) {
      throw new KeyAccessDeniedException("no access to the key '" + name + "'");
    }

    return KEYS.get(name);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
