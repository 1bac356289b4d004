package io.mdevmigration.e2e.trust;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.function.Consumer;

/**
 * Service account tokens (JWT, RFC 7519, signed with RS256) with other claims than the API server
 * gave them. It gives none for less than ten minutes, so an expired one has to be made.
 */
final class SignedToken {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Base64.Encoder ENCODE = Base64.getUrlEncoder().withoutPadding();

  private final PrivateKey key;

  /**
   * Signs like the API server.
   *
   * @param pem the API server's own key, PKCS #8
   */
  SignedToken(Path pem) throws IOException, GeneralSecurityException {
    String base64 = Files.readString(pem).replaceAll("-----[A-Z ]+-----|\\s", "");
    key =
        KeyFactory.getInstance("RSA")
            .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
  }

  /** The token with its claims changed and signed anew. */
  String changed(String token, Consumer<ObjectNode> change)
      throws GeneralSecurityException, JsonProcessingException {
    String[] parts = token.split("\\.", -1);
    String content = parts[0] + "." + claims(parts[1], change);
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(key);
    signature.update(content.getBytes(StandardCharsets.US_ASCII));
    return content + "." + ENCODE.encodeToString(signature.sign());
  }

  /** The token with its claims changed and the signature that it had. */
  static String forged(String token, Consumer<ObjectNode> change) throws JsonProcessingException {
    String[] parts = token.split("\\.", -1);
    return parts[0] + "." + claims(parts[1], change) + "." + parts[2];
  }

  private static String claims(String part, Consumer<ObjectNode> change)
      throws JsonProcessingException {
    String text = new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
    ObjectNode claims = (ObjectNode) JSON.readTree(text);
    change.accept(claims);
    return ENCODE.encodeToString(JSON.writeValueAsBytes(claims));
  }
}
