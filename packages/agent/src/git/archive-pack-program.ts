import { inside } from "../sandbox/types.ts";

/**
 * Writes the worktree to stdout as a tar stream. In Perl (perl-base modules only, like the sandbox's runner) and not with
 * tar(1), because a file or folder that its owner may not read is content, too, and because the same worktree must give
 * the same bytes: two are equal if their streams are.
 *
 * The stream is POSIX pax, which any tar reads: entries in the order of their bytes, a folder before what is in it; type,
 * permission bits, seconds of modification (of files and folders), hard links, and files with 64 KiB of zeros as GNU
 * sparse 1.0 files, whatever holes they have on the disk. Owners, access lists and extended attributes are not in it.
 *
 * stdin: what to leave out, as paths, folders with a slash behind, each ended by NUL. stderr gets `<files> <bytes>\n`
 * and the paths of what no archive can hold (sockets, devices), each ended by NUL. Where it must open a file or folder to
 * itself for a moment, it first notes the old bits in $HOME, so that a run that was cut there is undone by the next.
 */
export const packProgram = String.raw`use strict;
use warnings;
use Errno;
use Fcntl qw(:mode O_RDONLY O_NOFOLLOW);
use constant { CHUNK => 65536, SEEK_DATA => 3, LARGEST_OCTAL => 8 ** 11 - 1, LONGEST_LINK_NAME => 3000 };
no warnings qw(recursion newline);
binmode $_ for *STDIN, *STDOUT, *STDERR;
my $root = '${inside.worktree}';
my $notes = "$ENV{HOME}/.heddle/modes";
my ($files, $bytes, $buffer) = (0, 0, '');
my (%left_out, %first_name, @not_kept);

sub flush_out {
    my $at = 0;
    while ($at < length $buffer) {
        my $count = syswrite(STDOUT, $buffer, length($buffer) - $at, $at);
        defined $count or die "write: $!\n";
        $at += $count;
    }
    $buffer = '';
}

sub put {
    $buffer .= $_[0];
    flush_out() if length $buffer >= CHUNK;
}

sub padding { my ($size) = @_; return (512 - $size % 512) % 512 }

sub octal { my ($value, $width) = @_; return sprintf('%0*o', $width - 1, $value) }

sub pax_record {
    my ($key, $value) = @_;
    my $rest = " $key=$value\n";
    my $length = length $rest;
    $length = length($rest) + length $length for 1 .. 3;
    return $length . $rest;
}

sub put_block {
    my ($type, $name, $mode, $size, $mtime, $link) = @_;
    my $block = pack('a100 a8 a8 a8 a12 a12 A8 a1 a100 a6 a2 x64 a8 a8 x167', $name, octal($mode, 8), octal(0, 8), octal(0, 8),
        octal($size, 12), octal($mtime, 12), '', $type, $link, "ustar\0", '00', octal(0, 8), octal(0, 8));
    substr($block, 148, 8) = sprintf("%06o\0 ", unpack('%32C*', $block));
    put($block);
}

sub put_entry {
    my ($type, $name, $mode, $size, $mtime, $link, %pax) = @_;
    $mtime = $mtime < 0 ? 0 : $mtime > LARGEST_OCTAL ? LARGEST_OCTAL : $mtime;
    $pax{path} = $name if length $name > 100;
    $pax{linkpath} = $link if length $link > 100;
    if ($size > LARGEST_OCTAL) { $pax{size} = $size; $size = 0 }
    if (%pax) {
        my $records = join '', map { pax_record($_, $pax{$_}) } sort keys %pax;
        put_block('x', 'PaxHeader', 0644, length $records, 0, '');
        put($records . "\0" x padding(length $records));
    }
    put_block($type, substr($name, 0, 100), $mode, $size, $mtime, substr($link, 0, 100));
    $files += 1 if $type ne '5';
}

sub read_exactly {
    my ($file, $size, $path) = @_;
    my $data = '';
    while (length $data < $size) {
        my $count = sysread($file, $data, $size - length $data, length $data);
        defined $count or die "$path: $!\n";
        $count or die "$path became shorter while it was read\n";
    }
    return $data;
}

# Runs of the blocks that hold anything but zeros: [start, length] each.
sub runs_of_data {
    my ($file, $size, $path) = @_;
    my ($at, @runs) = (0);
    while ($at < $size) {
        my $length = $size - $at < CHUNK ? $size - $at : CHUNK;
        defined sysseek($file, $at, 0) or die "$path: $!\n";
        if (read_exactly($file, $length, $path) =~ /[^\0]/) {
            if (@runs && $runs[-1][0] + $runs[-1][1] == $at) { $runs[-1][1] += $length }
            else { push @runs, [$at, $length] }
            $at += CHUNK;
        } else {
            $at += CHUNK;
            my $next = sysseek($file, $at, SEEK_DATA);
            last if !defined $next && $!{ENXIO};
            $at = int($next / CHUNK) * CHUNK if defined $next && $next > $at;
        }
    }
    return @runs;
}

sub copy_out {
    my ($file, $start, $length, $path) = @_;
    defined sysseek($file, $start, 0) or die "$path: $!\n";
    while ($length > 0) {
        my $part = $length < CHUNK ? $length : CHUNK;
        put(read_exactly($file, $part, $path));
        $length -= $part;
    }
}

sub put_file {
    my ($file, $path, $mode, $size, $mtime) = @_;
    my @runs = $size < CHUNK ? ([0, $size]) : runs_of_data($file, $size, $path);
    my $data = 0;
    $data += $_->[1] for @runs;
    if ($data == $size) { put_entry('0', $path, $mode, $size, $mtime, '') }
    else {
        push @runs, [$size, 0] if !@runs || $runs[-1][0] + $runs[-1][1] < $size;
        my $map = join '', map { "$_\n" } scalar @runs, map { @$_ } @runs;
        $map .= "\0" x padding(length $map);
        $data += length $map;
        put_entry('0', 'GNUSparseFile.0', $mode, $data, $mtime, '', 'GNU.sparse.major' => 1, 'GNU.sparse.minor' => 0,
            'GNU.sparse.name' => $path, 'GNU.sparse.realsize' => $size);
        put($map);
    }
    copy_out($file, @$_, $path) for @runs;
    put("\0" x padding($data));
    $bytes += $size;
}

sub open_to_oneself {
    my ($leaf, $path, $mode) = @_;
    open(my $note, '>>', $notes) or die "$notes: $!\n";
    binmode $note;
    print $note sprintf('%o', $mode), " $path\0";
    close $note or die "$notes: $!\n";
    chmod $mode | 0700, $leaf or die "$path: $!\n";
}

sub undo_notes {
    open(my $note, '<', $notes) or return;
    binmode $note;
    local $/;
    for (reverse split /\0/, <$note> // '') { chmod oct $1, "$root/$2" if /^(\d+) (.*)\z/s }
    unlink $notes;
}

sub pack_file {
    my ($leaf, $path, $mode, $size, $mtime) = @_;
    my $file;
    my $locked = !sysopen($file, $leaf, O_RDONLY | O_NOFOLLOW);
    if ($locked) {
        $!{EACCES} or die "$path: $!\n";
        open_to_oneself($leaf, $path, $mode);
        my $opened = sysopen($file, $leaf, O_RDONLY | O_NOFOLLOW);
        chmod $mode, $leaf;
        $opened or die "$path: cannot be read\n";
    }
    put_file($file, $path, $mode, $size, $mtime);
    close $file;
}

sub pack_folder {
    my ($prefix) = @_;
    opendir(my $folder, '.') or die "$prefix: $!\n";
    my @leaves = sort grep { $_ ne '.' && $_ ne '..' } readdir $folder;
    closedir $folder;
    for my $leaf (@leaves) {
        my $path = $prefix . $leaf;
        next if $left_out{$path} || $left_out{"$path/"};
        my ($device, $inode, $mode, $links, $size, $mtime) = (lstat $leaf)[0, 1, 2, 3, 7, 9];
        defined $mode or die "$path: $!\n";
        my $bits = $mode & 07777;
        if (S_ISDIR($mode)) {
            put_entry('5', "$path/", $bits, 0, $mtime, '');
            my $locked = ($bits & 0500) != 0500;
            open_to_oneself($leaf, $path, $bits) if $locked;
            chdir $leaf or die "$path: $!\n";
            pack_folder("$path/");
            chdir '..' or die "$path: $!\n";
            chmod $bits, $leaf if $locked;
            next;
        }
        if (!S_ISREG($mode) && !S_ISLNK($mode) && !S_ISFIFO($mode)) { push @not_kept, $path; next }
        if ($links > 1) {
            my $first = $first_name{"$device:$inode"};
            if (defined $first) { put_entry('1', $path, S_ISLNK($mode) ? 0777 : $bits, 0, 0, $first); next }
            $first_name{"$device:$inode"} = $path if length $path <= LONGEST_LINK_NAME;
        }
        if (S_ISREG($mode)) { pack_file($leaf, $path, $bits, $size, $mtime) }
        elsif (S_ISLNK($mode)) { put_entry('2', $path, 0777, 0, 0, readlink($leaf) // die "$path: $!\n") }
        else { put_entry('6', $path, $bits, 0, 0, '') }
    }
}

chdir $root or die "$root: $!\n";
undo_notes();
{ local $/ = "\0"; while (defined(my $path = <STDIN>)) { chomp $path; $left_out{$path} = 1 } }
pack_folder('');
put("\0" x 1024);
flush_out();
unlink $notes;
print STDERR "$files $bytes\n", map { "$_\0" } @not_kept;
`;
