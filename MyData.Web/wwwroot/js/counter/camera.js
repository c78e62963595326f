/**
 * Codes by the browser's own BarcodeDetector (Shape Detection API); where it has none, hand scanner and typing are there.
 */

const EVERY = 200;

export function canUseCamera() {
  return "BarcodeDetector" in window && Boolean(navigator.mediaDevices?.getUserMedia);
}

/**
 * @param {HTMLVideoElement} frame
 * @param {(text: string) => boolean} onText true: that was it
 * @param {() => void} onFailure no camera, or not allowed
 * @returns {() => void} stops it
 */
export function watchCamera(frame, onText, onFailure) {
  const detector = new (/** @type {any} */ (window).BarcodeDetector)({ formats: ["qr_code"] });
  let stopped = false;
  /** @type {MediaStream | undefined} */
  let stream;
  const stop = () => {
    stopped = true;
    stream?.getTracks().forEach((track) => track.stop());
    frame.srcObject = null;
  };
  const look = async () => {
    if (stopped) return;
    const found = await detector.detect(frame).catch(() => []);
    if (!stopped && found.some((/** @type {{ rawValue: string }} */ one) => onText(one.rawValue))) stop();
    else setTimeout(look, EVERY);
  };
  navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }).then(
    (given) => {
      stream = given;
      if (stopped) return stop();
      frame.srcObject = given;
      // Some cameras give their first picture late; looking goes on meanwhile.
      frame.play().catch(() => {});
      void look();
    },
    () => {
      if (!stopped) onFailure();
    },
  );
  return stop;
}
