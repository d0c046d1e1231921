// Checks Twinline's evidence with tools that are not Twinline's: golang.org/x/mod/sumdb/note for the
// signature, github.com/transparency-dev/merkle for the trees. No line of our C++ takes part, so if our
// hashing ever drifts from RFC 6962 or our notes from C2SP, this program says so.
//
//	verify_with_go <verifier key> bundle <bundle.json>
//	verify_with_go <verifier key> continuation <old checkpoint> <trail.json>
package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
	"google.golang.org/protobuf/encoding/protowire"
)

var hasher = rfc6962.DefaultHasher

// The JSON forms of twinline.audit.v1.ProvenCommit, InclusionBundle and TrailExport.
type provenCommit struct {
	Pos         uint64   `json:"pos,string"`
	Header      []byte   `json:"header"`
	Commit      []byte   `json:"commit"`
	CommitIndex uint64   `json:"commitIndex"`
	CommitPath  [][]byte `json:"commitPath"`
	RecordPath  [][]byte `json:"recordPath"`
}

type bundle struct {
	Subject    provenCommit  `json:"subject"`
	Head       *provenCommit `json:"head"`
	Checkpoint string        `json:"checkpoint"`
}

type trail struct {
	Checkpoint  string   `json:"checkpoint"`
	Consistency [][]byte `json:"consistency"`
}

// head is a believed tree head.
type head struct {
	size uint64
	root []byte
}

// openCheckpoint verifies a signed note and reads its three lines: origin, size, root.
func openCheckpoint(signed []byte, key string) (head, error) {
	verifier, err := note.NewVerifier(strings.TrimSpace(key))
	if err != nil {
		return head{}, err
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return head{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return head{}, errors.New("not a checkpoint of this log")
	}
	size, err := strconv.ParseUint(lines[1], 10, 63)
	if err != nil {
		return head{}, err
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	return head{size, root}, err
}

// verifyCommit proves a commit under a believed head; count is commit_count of its header.
func verifyCommit(c provenCommit, count uint64, h head) error {
	commits, err := proof.RootFromInclusionProof(
		hasher, c.CommitIndex, count, hasher.HashLeaf(c.Commit), c.CommitPath)
	if err != nil {
		return err
	}
	header := sha256.Sum256(c.Header)
	digest := sha256.Sum256(append(append([]byte{2}, header[:]...), commits...))
	leaf := hasher.HashLeaf(digest[:])
	return proof.VerifyInclusion(hasher, c.Pos, h.size, leaf, c.RecordPath, h.root)
}

// message is one protobuf message, by field number: numbers and byte strings as they came.
type message struct {
	numbers map[protowire.Number]uint64
	bytes   map[protowire.Number][][]byte
}

func parse(b []byte) (message, error) {
	m := message{map[protowire.Number]uint64{}, map[protowire.Number][][]byte{}}
	for len(b) > 0 {
		number, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			return m, protowire.ParseError(n)
		}
		b = b[n:]
		switch kind {
		case protowire.VarintType:
			m.numbers[number], n = protowire.ConsumeVarint(b)
		case protowire.BytesType:
			var value []byte
			value, n = protowire.ConsumeBytes(b)
			m.bytes[number] = append(m.bytes[number], value)
		default:
			n = protowire.ConsumeFieldValue(number, kind, b)
		}
		if n < 0 {
			return m, protowire.ParseError(n)
		}
		b = b[n:]
	}
	return m, nil
}

func (m message) text(number protowire.Number) string {
	if len(m.bytes[number]) == 0 {
		return ""
	}
	return string(m.bytes[number][0])
}

// verify proves a commit and returns the name of its journal, as its hashed header has it.
func verify(c provenCommit, h head) (string, error) {
	const journal, pos, commitCount = 3, 5, 11 // fields of RecordHeader
	header, err := parse(c.Header)
	if err != nil {
		return "", err
	}
	if header.numbers[pos] != c.Pos {
		return "", errors.New("the header names another position")
	}
	return header.text(journal), verifyCommit(c, header.numbers[commitCount], h)
}

// notedHead reads the only event of a commit of audit/0: HeadsNoted, type 5001.
func notedHead(commit []byte) (string, head, error) {
	c, err := parse(commit)
	if err != nil || len(c.bytes[6]) != 1 {
		return "", head{}, errors.New("not a commit with one event")
	}
	event, err := parse(c.bytes[6][0])
	if err != nil || event.numbers[1] != 5001 {
		return "", head{}, errors.New("not a HeadsNoted")
	}
	noted, err := parse([]byte(event.text(2)))
	return noted.text(1), head{noted.numbers[2], []byte(noted.text(3))}, err
}

func checkBundle(key, file string) error {
	var b bundle
	if err := readJSON(file, &b); err != nil {
		return err
	}
	believed, err := openCheckpoint([]byte(b.Checkpoint), key)
	if err != nil {
		return err
	}
	expected := "audit/0"
	if b.Head != nil {
		journal, err := verify(*b.Head, believed)
		if err != nil {
			return fmt.Errorf("head: %w", err)
		}
		if journal != "audit/0" {
			return errors.New("head: not of audit/0")
		}
		if expected, believed, err = notedHead(b.Head.Commit); err != nil {
			return fmt.Errorf("head: %w", err)
		}
	}
	journal, err := verify(b.Subject, believed)
	if err != nil {
		return fmt.Errorf("subject: %w", err)
	}
	if journal != expected {
		return errors.New("subject: of another journal")
	}
	return nil
}

func checkContinuation(key, oldFile, trailFile string) error {
	oldNote, err := os.ReadFile(oldFile)
	if err != nil {
		return err
	}
	var t trail
	if err := readJSON(trailFile, &t); err != nil {
		return err
	}
	older, err := openCheckpoint(oldNote, key)
	if err != nil {
		return err
	}
	newer, err := openCheckpoint([]byte(t.Checkpoint), key)
	if err != nil {
		return err
	}
	return proof.VerifyConsistency(
		hasher, older.size, newer.size, t.Consistency, older.root, newer.root)
}

func readJSON(file string, into any) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

func main() {
	err := errors.New("usage: verify_with_go <key> bundle <file> | continuation <old> <trail>")
	switch args := os.Args[1:]; {
	case len(args) == 3 && args[1] == "bundle":
		err = checkBundle(args[0], args[2])
	case len(args) == 4 && args[1] == "continuation":
		err = checkContinuation(args[0], args[2], args[3])
	}
	if err != nil {
		fmt.Println("NOT VERIFIED:", err)
		os.Exit(1)
	}
	fmt.Println("verified")
}
