// Reads a log of the ledger with what the Go project wrote for its own checksum database: the packages sumdb/note and sumdb/tlog of
// golang.org/x/mod, as Debian ships them. They parse the notes, verify the log's signature, hash tiles, and check every proof. What they do
// not know stands here: the paths of c2sp.org/tlog-tiles, its bundles, cosignatures, and the lines of a tlog-proof file.
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run verify.go URL POLICY [RECEIPT …]
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const width = 256

func main() {
	if err := run(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(url, policy string, receipts []string) error {
	known, err := verifiers(policy)
	if err != nil {
		return err
	}
	log := site{url}
	text, _, err := log.read("checkpoint")
	if err != nil {
		return err
	}
	newest, err := open(text, known)
	if err != nil {
		return err
	}
	fmt.Println("checkpoint", newest.origin, newest.tree.N, "cosigned by", newest.cosigners)
	if err := checkRecords(log, newest.tree); err != nil {
		return err
	}
	fmt.Println("records", newest.tree.N)
	for _, file := range receipts {
		at, err := checkReceipt(file, known)
		if err != nil {
			return fmt.Errorf("%s: %v", file, err)
		}
		if err := checkExtends(log, newest.tree, at.tree); err != nil {
			return fmt.Errorf("%s: %v", file, err)
		}
		fmt.Println("receipt of", at.tree.N, "cosigned by", at.cosigners)
	}
	return nil
}

type checkpoint struct {
	origin    string
	tree      tlog.Tree
	cosigners int
}

// open accepts a note that the log has signed; every signature of a key that is known must hold.
func open(text []byte, known map[string]note.Verifier) (checkpoint, error) {
	var all []note.Verifier
	for _, one := range known {
		all = append(all, one)
	}
	signed, err := note.Open(text, note.VerifierList(all...))
	if err != nil {
		return checkpoint{}, err
	}
	lines := strings.Split(signed.Text, "\n")
	if len(lines) != 4 {
		return checkpoint{}, errors.New("not a checkpoint of three lines")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return checkpoint{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return checkpoint{}, err
	}
	at := checkpoint{origin: lines[0], tree: tlog.Tree{N: size, Hash: root}}
	byLog := false
	for _, sig := range signed.Sigs {
		byLog = byLog || sig.Name == at.origin
		if _, ok := known[sig.Name].(cosigner); ok {
			at.cosigners++
		}
	}
	if !byLog {
		return checkpoint{}, errors.New("not signed by the log of this origin")
	}
	return at, nil
}

// checkRecords reads every record, holds its hash against the tiles, and the hashes of all against the signed root. The tiles alone would not do:
// where the edge of the tree has fewer tiles than hashes, TileHashReader (0.7.0) leaves the first others unchecked.
func checkRecords(log site, tree tlog.Tree) error {
	hashes := tlog.TileHashReader(tree, log)
	var stored []tlog.Hash
	own := tlog.HashReaderFunc(func(indexes []int64) (found []tlog.Hash, err error) {
		for _, index := range indexes {
			found = append(found, stored[index])
		}
		return found, nil
	})
	for first := int64(0); first < tree.N; first += width {
		count := tree.N - first
		if count > width {
			count = width
		}
		path := tlog.Tile{H: 8, L: 0, N: first / width, W: int(count)}.Path()
		bundle, isFull, err := log.read(strings.Replace(path, "tile/8/0/", "tile/entries/", 1))
		if err != nil {
			return err
		}
		var indexes []int64
		for n := first; n < first+count; n++ {
			indexes = append(indexes, tlog.StoredHashIndex(0, n))
		}
		leaves, err := hashes.ReadHashes(indexes)
		if err != nil {
			return err
		}
		for n, leaf := range leaves {
			record, rest, err := cutRecord(bundle)
			if err != nil {
				return fmt.Errorf("the bundle of %d: %v", first, err)
			}
			if tlog.RecordHash(record) != leaf {
				return fmt.Errorf("record %d is not what the tile says", first+int64(n))
			}
			made, err := tlog.StoredHashesForRecordHash(first+int64(n), leaf, own)
			if err != nil {
				return err
			}
			stored = append(stored, made...)
			bundle = rest
		}
		// A partial bundle that has given way to the full one goes on with newer records, whole ones.
		for n := count; isFull && n < width; n++ {
			if _, bundle, err = cutRecord(bundle); err != nil {
				return fmt.Errorf("the bundle of %d: %v", first, err)
			}
		}
		if len(bundle) > 0 {
			return fmt.Errorf("the bundle of %d goes on behind its records", first)
		}
	}
	root, err := tlog.TreeHash(tree.N, own)
	if err == nil && root != tree.Hash {
		err = errors.New("the records do not lead to the signed root")
	}
	return err
}

// cutRecord takes the first record of a bundle: its length in two bytes, and so many bytes.
func cutRecord(bundle []byte) (record, rest []byte, err error) {
	if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
		return nil, nil, errors.New("it is cut off")
	}
	length := 2 + int(binary.BigEndian.Uint16(bundle))
	return bundle[2:length], bundle[length:], nil
}

func checkReceipt(file string, known map[string]note.Verifier) (checkpoint, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return checkpoint{}, err
	}
	head, signed, found := strings.Cut(string(text), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return checkpoint{}, errors.New("not a tlog-proof")
	}
	extra, isExtra := cutPrefix(lines[1], "extra ")
	number, isIndex := cutPrefix(lines[2], "index ")
	if !isExtra || !isIndex {
		return checkpoint{}, errors.New("no record or no index in it")
	}
	record, err := base64.StdEncoding.DecodeString(extra)
	if err != nil {
		return checkpoint{}, err
	}
	index, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return checkpoint{}, err
	}
	path, err := hashesOf(lines[3:])
	if err != nil {
		return checkpoint{}, err
	}
	at, err := open([]byte(signed), known)
	if err != nil {
		return checkpoint{}, err
	}
	return at, tlog.CheckRecord(path, at.tree.N, at.tree.Hash, index, tlog.RecordHash(record))
}

func checkExtends(log site, newest, older tlog.Tree) error {
	var proof tlog.TreeProof
	if older.N < newest.N {
		text, _, err := log.read(fmt.Sprintf("consistency?from=%d&to=%d", older.N, newest.N))
		if err != nil {
			return err
		}
		if proof, err = hashesOf(strings.Fields(string(text))); err != nil {
			return err
		}
	}
	return tlog.CheckTree(proof, newest.N, newest.Hash, older.N, older.Hash)
}

func hashesOf(lines []string) (hashes []tlog.Hash, err error) {
	for _, line := range lines {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, hash)
	}
	return hashes, nil
}

// verifiers reads the keys of a c2sp.org/tlog-policy file, by their names.
func verifiers(file string) (map[string]note.Verifier, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	known := map[string]note.Verifier{}
	for _, line := range strings.Split(string(text), "\n") {
		words := strings.Fields(line)
		var one note.Verifier
		switch {
		case len(words) > 1 && words[0] == "log":
			one, err = note.NewVerifier(words[1])
		case len(words) > 2 && words[0] == "witness":
			one, err = newCosigner(words[2])
		default:
			continue
		}
		if err != nil {
			return nil, err
		}
		known[one.Name()] = one
	}
	return known, nil
}

// cosigner verifies c2sp.org/tlog-cosignature, of type 4: time and signature over both.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func newCosigner(vkey string) (note.Verifier, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("not a verifier key")
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 1+ed25519.PublicKeySize || key[0] != 4 {
		return nil, errors.New("not a key of a cosigner")
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	hash := binary.BigEndian.Uint32(sum[:])
	if fmt.Sprintf("%08x", hash) != parts[1] {
		return nil, errors.New("another key id")
	}
	return cosigner{parts[0], hash, key[1:]}, nil
}

func (c cosigner) Name() string    { return c.name }
func (c cosigner) KeyHash() uint32 { return c.hash }

func (c cosigner) Verify(text, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	said := fmt.Sprintf("cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(sig), text)
	return ed25519.Verify(c.key, []byte(said), sig[8:])
}

// site is the log's static files, with the names of c2sp.org/tlog-tiles.
type site struct{ url string }

func (s site) Height() int { return 8 }

func (s site) SaveTiles([]tlog.Tile, [][]byte) {}

func (s site) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		bytes, _, err := s.read(strings.Replace(tile.Path(), "tile/8/", "tile/", 1))
		if err != nil {
			return nil, err
		}
		if len(bytes) < tile.W*tlog.HashSize {
			return nil, fmt.Errorf("%s is short", tile.Path())
		}
		all = append(all, bytes[:tile.W*tlog.HashSize])
	}
	return all, nil
}

// read takes a full tile where the partial one has given way to it, and says so.
func (s site) read(path string) (text []byte, isFull bool, err error) {
	text, status, err := s.get(path)
	if full := strings.Index(path, ".p/"); err == nil && status == http.StatusNotFound && full > 0 {
		isFull = true
		text, status, err = s.get(path[:full])
	}
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("%s: answered %d", path, status)
	}
	return text, isFull, err
}

func (s site) get(path string) ([]byte, int, error) {
	answer, err := http.Get(s.url + "/" + path)
	if err != nil {
		return nil, 0, err
	}
	defer answer.Body.Close()
	var text bytes.Buffer
	_, err = io.Copy(&text, answer.Body)
	return text.Bytes(), answer.StatusCode, err
}

// In the standard library since Go 1.20.
func cutPrefix(text, prefix string) (string, bool) {
	return strings.TrimPrefix(text, prefix), strings.HasPrefix(text, prefix)
}
